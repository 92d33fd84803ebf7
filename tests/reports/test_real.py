"""Figures of a real history against those that a few lines of another kind get from the same files."""

import json
import shutil
import statistics
from datetime import UTC, datetime

import pytest
import yaml

from tests.tools import CORPUS, stillup

HISTORY = CORPUS / "github-history"


def instant(written) -> datetime:
    found = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@pytest.mark.skipif(not HISTORY.is_dir(), reason="the corpus is not here")
def test_counts_and_durations_of_a_year_are_those_of_the_files(tmp_path):
    for name in ("components", "incidents"):
        shutil.copytree(HISTORY / name, tmp_path / name)
    spans = []
    for path in (HISTORY / "incidents").rglob("*.yml"):
        record = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        if record.get("kind", "incident") != "incident":
            continue
        # Of two updates at one instant the lower one in the file is the newer: sorting keeps their order.
        told = sorted(((instant(each["at"]), each["status"]) for each in record["updates"]), key=lambda each: each[0])
        began = instant(record["started_at"]) if record.get("started_at") else told[0][0]
        over = None
        for at, status in told:
            over = (over or at) if status == "resolved" else None
        if began.year == 2024:
            end = instant(record["ended_at"]) if over and record.get("ended_at") else over
            spans.append(None if end is None else int((end - began).total_seconds()))

    done = stillup("report", "metrics", "--root", tmp_path, "--at", "2026-11-20T00:00:00Z", "--year", "2024", "--json")

    assert done.returncode == 0, done.stderr
    this = json.loads(done.stdout)["this"]
    known = sorted(span for span in spans if span is not None)
    assert len(known) > 50
    assert this["incidents"]["total"] == len(spans)
    assert this["metrics"]["duration"]["all"] == {
        "n": len(known),
        "missing": len(spans) - len(known),
        "mean_seconds": int(sum(known) / len(known) + 0.5),
        "median_seconds": int(statistics.median(known) + 0.5),
        "p90_seconds": next(value for value in known if sum(each <= value for each in known) >= 0.9 * len(known)),
    }
    assert this["metrics"]["mttr"]["all"]["n"] == 0, "nobody noted a detection, so none is made up"
