"""JSON that others wrote; half of a character pair, where one cut a text within an emoji, is no reason to refuse it.

JSON can hold such a half and nothing else can: no file, no database, no page.
"""

import json
import re
from typing import Any

_HALF = re.compile(r"\\u[dD][89a-fA-F]").search


def understood(written: bytes | str) -> Any:
    """Return what `written` says, with U+FFFD in place of each half.

    Raises:
        ValueError: it is no JSON, or in no encoding that JSON has.
        RecursionError: it nests without end.
    """
    text = written if isinstance(written, str) else written.decode(json.detect_encoding(written))
    found = json.loads(text)
    if _HALF(text) is None:
        return found
    whole = json.dumps(found, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(whole)
