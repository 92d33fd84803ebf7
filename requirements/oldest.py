"""The oldest packages that pyproject.toml allows, for `make oldest`: what a range promises holds once it was run.

    python3 requirements/oldest.py FOLDER

Prints a requirement for each direct dependency, at the lower end of its range. Given a folder, makes an environment
there: the test tools as they are locked, then those packages in place of the locked ones (needs the network). It must
not be used for anything but tests: nothing in it is locked by hash.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("apprise", "postgres", "reports", "serve")
"""What people install; tools for tests are locked and nobody else's concern."""

_RANGE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[a-z,]+\])?>=(?P<least>[^,;\s]+)")


def oldest(project: dict[str, object]) -> list[str]:
    """Return `name==version` for each direct dependency of `project` (the table of that name) and its extras.

    Raises:
        ValueError: one of them has no lower end.
    """
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *[each for name in EXTRAS for each in extras[name]]]  # type: ignore[misc,index]
    found = []
    for each in wanted:
        if not (known := _RANGE.match(each)):
            raise ValueError(f"{each}: no lower end. Write name>=version,<version.")
        marker = f";{each.partition(';')[2]}" if ";" in each else ""
        found.append(f"{known['name']}{known['extras'] or ''}=={known['least']}{marker}")
    return found


def main() -> int:
    """Return 0 when it is done."""
    wanted = oldest(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])
    if len(sys.argv) < 2:
        print("\n".join(wanted))
        return 0
    made = ["requirements/environment.py", sys.argv[1], "requirements/test.txt", "requirements/build.txt"]
    subprocess.run([sys.executable, *made], cwd=ROOT, check=True)
    pip = [f"{sys.argv[1]}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*pip, *wanted], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
