"""What is measured with a million is tried here with two thousand: nobody is lost or told twice, and it adds up."""

import json
import subprocess
import sys

from tests.tools import ROOT

PEOPLE = 2000


def test_a_crowd_is_told_once_by_workers_of_whom_one_is_killed(cluster):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crowd", cluster.place(), "--people", str(PEOPLE), "--workers", "2",
         "--rate", "250", "--kill"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)

    account, provider = said["account"], said["provider"]
    assert [what for what, _ in said["marks"]] == ["worker killed"]
    assert said["started"] == 3
    assert provider["people"] == [PEOPLE - 20, 20]
    # One who dies leaves 25 receipts unwritten at most; the provider knows their keys again.
    assert sum(provider["repeats"]) <= 25
    assert (account["planned"], account["accepted"], account["missing"]) == (2 * PEOPLE, PEOPLE, 0)
    assert account["suppressed"] == {"not wanted": PEOPLE}
    # The worst comes first: everybody but a worker's last part has it before the first digest leaves.
    assert provider["spans"][0][0] < provider["spans"][1][0]
