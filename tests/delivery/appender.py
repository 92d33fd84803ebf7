"""A publisher in a process of its own, which appends to an event log in git: `appender ROOT REF NUMBER`."""

import sys
from pathlib import Path

from stillup.delivery.event_log.git import GitEventLog
from tests.delivery.log import draft, told


def main(root: str, ref: str, number: str) -> None:
    log = GitEventLog(Path(root), "origin", ref)
    for shared in range(4):
        told(log, draft(f"slow/{shared}", f"told by {number}"))
    told(log, draft(f"own-{number}/1"))
    log.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
