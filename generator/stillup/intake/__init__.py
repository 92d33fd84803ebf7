"""What others wrote in their own formats, turned into our records. Network is asked only inside functions."""
