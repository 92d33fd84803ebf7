"""JSON without spaces, as it is published and kept: characters as they are, one line."""

import json
from collections.abc import Callable


def _made_once() -> Callable[[object], str]:
    """Return `encode` of the library's encoder, which makes its part in C anew for each text: for short ones, most."""
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return encoder.encode
    pieces = make(None, encoder.default, json.encoder.encode_basestring, None, ":", ",", False, False, True)
    return lambda value: "".join(pieces(value, 0))


compact = _made_once()
