"""What the page said at an earlier instant, and what was true then."""
