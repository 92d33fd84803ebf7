"""The built page, brought to where it is served."""
