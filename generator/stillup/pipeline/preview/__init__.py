"""What a change does to the page and to whom it speaks, shown before anything leaves."""
