"""How a long run shows where it is, in a log."""

from stillup.cli.step import Lines


def test_a_log_says_once_that_a_wait_goes_on_and_nothing_where_it_is_over_at_once(capsys):
    lines = Lines()
    for step in ("deploy", "wait"):
        lines.begin(step)
        lines.say("until the page is served")
    assert capsys.readouterr().err == ""
    lines.wait("until the page is served, 2 s so far; after 300 s it goes on")
    for seconds in (4, 6):
        lines.say(f"until the page is served, {seconds} s so far")

    assert capsys.readouterr().err == "wait: until the page is served, 2 s so far; after 300 s it goes on\n"
