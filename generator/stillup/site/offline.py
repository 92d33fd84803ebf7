"""Pages that are read from a disk: their links lead to files, where a web server would find these in folders."""

import re

_LINK = re.compile(rb'(<a\b[^>]*?\shref="|<meta http-equiv="refresh" content="0; url=)([^"#?]+)')


def linked_to_files(page: bytes) -> bytes:
    """Return `page` with `index.html` at the end of every link to a folder of the site. Others stay as they are."""
    return _LINK.sub(_to_file, page)


def _to_file(link: re.Match[bytes]) -> bytes:
    before, path = link.groups()
    name = path.rpartition(b"/")[2]
    if b":" in path or path.startswith(b"/") or name not in (b"", b".", b".."):
        return link[0]
    return b"%b%b%bindex.html" % (before, path, b"/" if name else b"")
