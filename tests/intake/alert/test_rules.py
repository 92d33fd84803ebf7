"""The Prometheus rules that we give, judged by Prometheus' own tool."""

import re
import subprocess

from tests.tools import ROOT, need, program

FOLDER = ROOT / "manual" / "docs" / "assets" / "alerts"


def test_each_threshold_has_a_course_that_fires_and_one_that_does_not():
    need("promtool")
    promtool = program("promtool")
    done = subprocess.run(
        [promtool, "test", "rules", "stillup.rules.test.yml"], cwd=FOLDER, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr

    rules = re.findall(r"- alert: (\w+)", (FOLDER / "stillup.rules.yml").read_text())
    told = (FOLDER / "stillup.rules.test.yml").read_text()
    for rule in rules:
        assert f"alertname: {rule}\n        exp_alerts:\n" in told, f"{rule} never fires in a test"
        assert f"alertname: {rule}, exp_alerts: []" in told, f"{rule} never stays quiet in a test"
    assert len(rules) == 6
