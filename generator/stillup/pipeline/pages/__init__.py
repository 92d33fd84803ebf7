"""Every page, feed and document of the site, drawn again where something in it may have changed."""
