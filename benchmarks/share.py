"""Where the CPU of a build goes, by room: `python -m benchmarks.share build --root ...` samples one `stillup` run.

A timer that counts CPU time interrupts every few milliseconds, and the line then running is charged with the CPU since
the last interrupt. Code in C is charged to the line that called it, so `views` holds what cmark and nh3 do for it.
cProfile would charge each of the seven million small calls of a build with its own cost, and so show another program.
"""

import json
import os
import resource
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

_TICK = 0.001
"""Asked for; the kernel gives what it can, commonly 4 ms."""


@dataclass(slots=True)
class Share:
    """What one run, or the mean of several, spent on what, in CPU seconds."""

    own: float = 0.0
    """In the process itself."""

    children: float = 0.0
    """In processes that it started."""

    rooms: dict[str, float] = field(default_factory=dict)
    lines: dict[str, float] = field(default_factory=dict)

    @property
    def whole(self) -> float:
        """All of it."""
        return self.own + self.children

    def add(self, other: "Share", part: float) -> None:
        """Add a `part` of `other`."""
        self.own += other.own * part
        self.children += other.children * part
        for known, found in ((self.rooms, other.rooms), (self.lines, other.lines)):
            for name, spent in found.items():
                known[name] = known.get(name, 0.0) + spent * part


class Sampler:
    """Counts CPU seconds by room and by line while it is on."""

    def __init__(self, package: str) -> None:
        """`package` is the name whose subpackages are the rooms; other packages count as one each."""
        self.share = Share()
        self._package = package
        self._last = 0.0

    def start(self) -> None:
        """Begin."""
        self._last = time.process_time()
        signal.signal(signal.SIGPROF, self._tick)
        signal.setitimer(signal.ITIMER_PROF, _TICK, _TICK)

    def stop(self) -> None:
        """End."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _tick(self, _: int, frame: FrameType | None) -> None:
        now = time.process_time()
        spent, self._last = now - self._last, now
        if frame is None:
            return
        room, line = self._charged(frame)
        self.share.add(Share(rooms={room: spent}, lines={line: spent}), 1)

    def _charged(self, innermost: FrameType) -> tuple[str, str]:
        """Return the room and the line that the moment belongs to: a library works for the room that called it."""
        library, place = "", ("", "")
        frame: FrameType | None = innermost
        while frame is not None:
            name = str(frame.f_globals.get("__name__", ""))
            if name.startswith("importlib._bootstrap"):
                return "imports", f"imports: {self._package if place[0] else library or 'finding files'}"
            if not place[0]:
                place = self._place(frame, name)
                library = library if place[0] else name.partition(".")[0] or library
            frame = frame.f_back
        room, line = place
        return (room, line + (f" ({library})" if library else "")) if room else (library or "start", library or "start")

    def _place(self, frame: FrameType, name: str) -> tuple[str, str]:
        file = frame.f_code.co_filename
        if file.endswith((".html", ".xml", ".j2")):
            return "templates", f"templates: {Path(file).name}"
        if not name.startswith(f"{self._package}."):
            return "", ""
        if file == "<string>":
            return name.split(".")[1], f"{name.removeprefix(self._package + '.').replace('.', '/')}.py: dataclasses"
        return name.split(".")[1], f"{file.rpartition(f'/{self._package}/')[2]}:{frame.f_lineno}"


def main() -> None:
    """Run `stillup` with the words of the command line, then write what was found to STILLUP_SHARE or the screen."""
    began = time.process_time()
    sampler = Sampler("stillup")
    sampler.start()
    status: object = 0
    try:
        from stillup.cli import main as stillup

        stillup(sys.argv[1:], prog_name="stillup")
    except SystemExit as end:
        status = end.code
    sampler.stop()
    found = sampler.share
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    found.own, found.children = time.process_time(), children.ru_utime + children.ru_stime
    found.rooms["start of Python"] = began
    asked = os.environ.get("STILLUP_SHARE")
    if asked:
        Path(asked).write_text(json.dumps(asdict(found)))
    else:
        for name, spent in (("rooms", found.rooms), ("lines", found.lines)):
            print(f"\n{name}")
            for what, seconds in sorted(spent.items(), key=lambda pair: -pair[1])[:40]:
                print(f"  {seconds:8.3f} s  {seconds / found.own:5.1%}  {what}")
        print(f"\n{found.own:.2f} CPU s here, {found.children:.2f} in processes it started")
    sys.exit(0 if status in (0, None) else 1)


if __name__ == "__main__":
    main()
