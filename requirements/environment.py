"""Make a virtual environment from hash-locked requirements, or leave it alone when nothing changed.

    python3 requirements/environment.py [--without-project] FOLDER LOCK...

Contents decide, not time stamps: a fresh checkout of the same locks keeps its environment. A run that was stopped
half-way leaves no seal, so the next one starts over. Two runs at once wait for each other.
"""

import argparse
import compileall
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Return 0 when the environment is ready."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("folder", type=Path)
    words.add_argument("locks", type=Path, nargs="+")
    words.add_argument("--without-project", action="store_true", help="only the locked packages")
    given = words.parse_args()
    if sys.version_info < (3, 11):
        print(
            f"Stillup needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try `make PYTHON=python3.11 ...`."
        )
        return 1
    folder: Path = given.folder.absolute()
    with (folder.parent / f"{folder.name}.lock").open("w") as turn:
        _wait_for(turn.fileno())
        _packages(folder, given.locks)
        if not given.without_project:
            _project(folder)
            _compiled()
    return 0


def _wait_for(turn: int) -> None:
    """Let one run at a time at the environment; where the system has no such lock, go on without."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(turn, fcntl.LOCK_EX)


def _packages(folder: Path, locks: list[Path]) -> None:
    seal = _digest(
        sys.version.encode(), sys.base_prefix.encode(), bytes(folder), *(lock.read_bytes() for lock in locks)
    )
    if _read(folder / "packages.seal") == seal:
        return
    print(f"Making {folder.name} from {', '.join(lock.as_posix() for lock in locks)} ...", flush=True)
    if folder.exists():
        shutil.rmtree(folder)
    try:
        venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError:
        sys.exit("This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv")
    _pip(folder, "--require-hashes", *(word for lock in locks for word in ("-r", str(lock))))
    (folder / "packages.seal").write_text(seal)


def _project(folder: Path) -> None:
    """Install the project itself in place; its code is read from the checkout, so only its metadata can be stale."""
    seal = _digest((ROOT / "pyproject.toml").read_bytes(), bytes(ROOT))
    if _read(folder / "project.seal") == seal:
        return
    _pip(folder, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    (folder / "project.seal").write_text(seal)


def _compiled() -> None:
    """Compile the project where Python is told to keep no bytecode: each command would compile it all, in a second."""
    if sys.dont_write_bytecode:
        compileall.compile_dir(ROOT / "generator", quiet=2)


def _pip(folder: Path, *words: str) -> None:
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    base = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--quiet"]
    done = subprocess.run([*base, *words], check=False)
    if done.returncode:
        sys.exit(f"pip could not install into {folder.name}; its message stands above.")


def _digest(*parts: bytes) -> str:
    seal = hashlib.sha256()
    for part in parts:
        seal.update(len(part).to_bytes(8, "big") + part)
    return seal.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
