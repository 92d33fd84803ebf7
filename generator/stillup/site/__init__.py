"""PAGES: views to page bodies and other files of the site."""
