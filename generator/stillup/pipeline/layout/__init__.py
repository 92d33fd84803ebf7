"""A new page: the files that `stillup init` lays out."""
