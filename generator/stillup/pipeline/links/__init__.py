"""Links from what people write to the site itself: each must lead somewhere."""
