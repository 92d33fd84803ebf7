"""Templates as Jinja compiled them, kept between runs: each under a seal, since what is in them is run."""

import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_SEAL = 16


class Compiled(BytecodeCache):
    """A folder of compiled templates. What is damaged is compiled again; what a full disk does not take is not kept."""

    def __init__(self, folder: Path, kind: str) -> None:
        """Keep in `folder` those of one `kind` of environment, which compiles them in its own way."""
        self._folder, self._kind = folder, kind

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, if it is just what was kept."""
        try:
            kept = self._place(bucket).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            return
        if kept[:_SEAL] == _seal(kept[_SEAL:]):
            bucket.bytecode_from_string(kept[_SEAL:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        body, place = bucket.bytecode_to_string(), self._place(bucket)
        waits = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            waits.write_bytes(_seal(body) + body)
            waits.replace(place)
        except OSError:  # it only saves time
            with suppress(OSError):
                waits.unlink(missing_ok=True)

    def _place(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{self._kind}"


def _seal(body: bytes) -> bytes:
    return blake2b(body, digest_size=_SEAL).digest()
