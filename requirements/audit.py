"""What `make audit` asks in the environment of `requirements/audit.txt`; prints what is wrong and fails then.

1. The bill of materials is sound CycloneDX, by the judge of its own project.
2. No file that git tracks holds a secret. `requirements/known-secrets.json` lists what only looks like one, by hash.
3. No locked package has an advisory (asks pypi.org; without it the audit fails, it never passes unseen).
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("run", "test", "build", "bench", "lock", "audit")
_UNSEEN = re.compile(r"^(\S+) +Dependency not found on PyPI", re.MULTILINE)


def main() -> int:
    """Return 0 when nothing is wrong."""
    return max(_bill(), _secrets(), *[_advisories(lock) for lock in LOCKS])


def _bill() -> int:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(
        (ROOT / "requirements/bill.cdx.json").read_text("utf-8")
    )
    print(f"bill of materials: {fault or 'sound'}")
    return int(fault is not None)


def _secrets() -> int:
    tracked = _run("git", "ls-files", "-z").stdout.split("\0")
    files = [name for name in tracked if name and (ROOT / name).is_file()]
    words = ("-m", "detect_secrets.pre_commit_hook", "--baseline", "requirements/known-secrets.json", *files)
    done = _run(sys.executable, *words)
    print(done.stdout or f"secrets: none in {len(files)} files")
    return done.returncode


def _advisories(lock: str) -> int:
    words = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "-r", f"requirements/{lock}.txt")
    done = _run(sys.executable, "-m", "pip_audit", *words)
    said = f"{done.stdout}{done.stderr}"
    unseen = _UNSEEN.findall(said)
    if unseen:
        said = f"pypi.org does not answer for {len(unseen)} packages ({', '.join(unseen[:3])} ...).\n"
    print(f"{lock}.txt: {said}", end="")
    return done.returncode or int(bool(unseen))


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
