"""Renew the sheets from today's English, and compile them into what the tool reads: `make words`.

With a language's code (`python -m translations it`) a sheet is begun for a language that has none yet.
"""

import json
import sys
from typing import Any

from stillup.catalogue.spoken import COMPILED, NAMES
from translations import cldr, sheet


def compiled(code: str) -> dict[str, Any]:
    """Return what the tool reads of a language: CLDR's facts, and every phrase that is translated."""
    made: dict[str, Any] = {**cldr.facts(code), "many_weekdays": [], "numbers": [], "unreviewed": 0, "phrases": {}}
    phrases: dict[str, str] = cldr.phrases(code)
    for key, entry in sheet.read(code).items():
        written = sheet.texts(entry)
        if not written:
            continue
        made["unreviewed"] += entry.fuzzy
        if key in ("numbers", "weekdays"):
            made["many_weekdays" if key == "weekdays" else key] = written[0].split() if written[0] != "-" else []
        elif isinstance(entry.id, (tuple, list)):
            for form, text in zip(sheet.forms(code), written, strict=True):
                phrases.setdefault(f"{key}.{form}", text)
        else:
            phrases[key] = written[0]
    made["phrases"] = dict(sorted(phrases.items()))
    return made


def text(made: dict[str, Any]) -> str:
    """Return the same as the file that is kept: a line for each phrase, so that a change can be read."""
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Renew every sheet and compile it."""
    for code in [*[each for each in NAMES if each != "en"], *sys.argv[1:]]:
        known = sheet.read(code) if (sheet.FOLDER / f"{code}.po").is_file() else {}
        sheet.write(code, sheet.renewed(code, known))
        (COMPILED / f"{code}.json").write_text(text(compiled(code)), encoding="utf-8")
    sheet.write("", sheet.renewed("", {}))


if __name__ == "__main__":
    main()
