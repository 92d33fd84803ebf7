"""Whether a second person has agreed to a text, and who may."""
