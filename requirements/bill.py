"""Write the bill of materials: every package that an installation of Stillup may bring, as CycloneDX 1.6 in JSON.

    python3 requirements/bill.py [--check]

It is made of `pyproject.toml` and `requirements/run.txt` alone, so it is the same on every machine. `--check` writes
nothing and fails where `requirements/bill.cdx.json` is another. Which package wants which is not in a lock: only what
Stillup itself names is told.
"""

import argparse
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BILL = ROOT / "requirements" / "bill.cdx.json"
_ENTRY = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>.*?))? \\$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def main() -> int:
    """Return 0 when the bill is written, or with `--check` is what it should be."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--check", action="store_true", help="only compare")
    check: bool = words.parse_args().check
    made = text()
    if check:
        if BILL.is_file() and BILL.read_text(encoding="utf-8") == made:
            return 0
        print(f"{BILL.relative_to(ROOT)} is not of these locks. Run make lock.", file=sys.stderr)
        return 1
    BILL.write_text(made, encoding="utf-8")
    print(BILL.relative_to(ROOT))
    return 0


def text() -> str:
    """Return the bill as it is written."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [_component(*entry) for entry in _entries((ROOT / "requirements/run.txt").read_text(encoding="utf-8"))]
    known = {component["name"]: component["bom-ref"] for component in components}
    named = {re.split(r"[\[<>=!~; ]", line)[0].lower().replace("_", "-") for line in project["dependencies"]}
    itself = {
        "type": "application",
        "bom-ref": "stillup",
        "name": project["name"],
        "purl": f"pkg:pypi/{project['name']}",
    }
    body: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": itself},
        "components": components,
        "dependencies": [{"ref": "stillup", "dependsOn": sorted(known[name] for name in named if name in known)}],
        "compositions": [{"aggregate": "incomplete", "dependencies": ["stillup"]}],
    }
    # A serial number that says what is in it, in the place of one by chance.
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return json.dumps({**body, "serialNumber": serial.urn}, indent=1, sort_keys=True) + "\n"


def _entries(lock: str) -> list[tuple[str, str, str, list[str]]]:
    found: list[tuple[str, str, str, list[str]]] = []
    for line in lock.splitlines():
        if entry := _ENTRY.match(line):
            found.append((entry["name"], entry["version"], entry["marker"] or "", []))
        elif hashed := _HASH.search(line):
            found[-1][3].append(hashed[1])
        elif line and not line.startswith("#"):
            sys.exit(f"requirements/run.txt: This line is not understood: {line}")
    return found


def _component(name: str, version: str, marker: str, hashes: list[str]) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "optional" if marker else "required",
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{name}/{version}/#files",
                "hashes": [{"alg": "SHA-256", "content": each} for each in hashes],
            }
        ],
        **({"properties": [{"name": "stillup:marker", "value": marker}]} if marker else {}),
    }


if __name__ == "__main__":
    sys.exit(main())
