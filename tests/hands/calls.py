"""The commands of `stillup incident` as a script calls them, and what one of them opened."""

from click.testing import CliRunner

from stillup.cli import main
from stillup.records import store
from tests.hands.conftest import WHO

AT = "2026-11-20T10:12:00Z"
ID = "2026-11-20-card-payments-failing"


def run(page, *words, at=AT, status=0):
    """Run the command within this process, without a terminal."""
    told = WHO | {"STILLUP_AT": at}  # the clock stands there too: what is told is no draft, whatever the machine's says
    done = CliRunner().invoke(main, [*words, "--root", str(page), "--at", at], env=told, catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done


def opened(page, *words):
    return run(page, "incident", "open", "Card payments failing", "-c", "payments=partial", "-s", "P1", *words)


OVER = ("-t", "data_loss=none", "-t", "monitoring=Card payments may be slow for an hour.")


def record(page):
    return store.load(page).incidents[0]
