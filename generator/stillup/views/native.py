"""cmark called so that it gives its memory back: cmarkgfm never frees a tree (theacodes/cmarkgfm, issue 53).

One body leaves about 9 kB behind, a history of forty thousand of them 350 MB. This module can go, and
`cmark.markdown_to_html_with_extensions` be called in its place, once cmarkgfm frees what it returned.
"""

import ctypes
from collections.abc import Callable
from typing import Any

from cmarkgfm import _cmark

_lib: Any = _cmark.lib
_ffi: Any = _cmark.ffi
_lib.cmark_gfm_core_extensions_ensure_registered()
_EXTENSIONS = [_lib.cmark_find_syntax_extension(name) for name in (b"table", b"strikethrough", b"autolink")]


def _release() -> tuple[Callable[[Any], None], Callable[[Any], None]]:
    """Return what frees a tree and what frees a text; both do nothing where the library hides its symbols."""
    try:
        library = ctypes.CDLL(_cmark.__file__)
        free_tree = ctypes.cast(library.cmark_node_free, ctypes.c_void_p).value
        allocator = library.cmark_get_default_mem_allocator
    except (OSError, AttributeError):
        return (lambda _: None), (lambda _: None)
    allocator.restype = ctypes.c_void_p
    tree = _ffi.cast("void (*)(cmark_node *)", free_tree)
    memory = _ffi.cast("cmark_mem *", allocator())
    return tree, memory.free


_free_tree, _free_text = _release()


_idle: list[Any] = []
"""Parsers that nobody uses now: when one has finished a text it is as new, but for its extensions, which it keeps."""


def _parser() -> Any:
    parser = _lib.cmark_parser_new(0)
    for extension in _EXTENSIONS:
        _lib.cmark_parser_attach_syntax_extension(parser, extension)
    return parser


def html(text: str) -> str:
    """Return `text` as HTML with tables, strikethrough and bare addresses."""
    source = text.encode()
    parser = _idle.pop() if _idle else _parser()
    _lib.cmark_parser_feed(parser, source, len(source))
    root = _lib.cmark_parser_finish(parser)
    rendered = _lib.cmark_render_html(root, 0, _lib.cmark_parser_get_syntax_extensions(parser))
    result: str = _ffi.string(rendered).decode()
    _free_text(rendered)
    _free_tree(root)
    _idle.append(parser)
    return result
