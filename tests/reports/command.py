"""`stillup report` without a process of its own: to read Matplotlib takes longer than the tests do.

done = stillup("report", "monthly", "--root", folder, "--stdout")
"""

import os
import subprocess
from pathlib import Path

from click.testing import CliRunner

from stillup.cli import main


def stillup(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, as `tests.tools.stillup` runs it in another; our own bugs come out as raised."""
    without = dict.fromkeys(name for name in os.environ if name.startswith("STILLUP_"))
    line = [str(word) for word in words]
    done = CliRunner().invoke(main, line, env=without, catch_exceptions=False)
    return subprocess.CompletedProcess(line, done.exit_code, done.stdout, done.stderr)
