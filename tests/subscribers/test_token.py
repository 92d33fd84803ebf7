"""A link does the one thing it was made for, and cannot be made by others."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.errors import StillupError
from stillup.subscribers.token import Keys, Scope

AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)
OLD, NEW, FOREIGN = b"o" * 32, b"n" * 32, b"f" * 32


@pytest.mark.parametrize("scope", Scope)
def test_a_token_is_good_for_its_scope_and_subscription_only(scope):
    keys = Keys(NEW)
    token = keys.sign(scope, "k3v9-2")

    assert keys.subject(token, scope, AT) == "k3v9-2"
    assert [keys.subject(token, other, AT) for other in Scope if other is not scope] == [None] * (len(Scope) - 1)
    assert keys.subject(token.replace("k3v9-2", "k3v9-3"), scope, AT) is None
    assert Keys(FOREIGN).subject(token, scope, AT) is None


def test_a_token_ends_when_it_says():
    token = Keys(NEW).sign(Scope.CONFIRM, "k3v9", AT + timedelta(hours=48))

    assert Keys(NEW).subject(token, Scope.CONFIRM, AT + timedelta(hours=48)) == "k3v9"
    assert Keys(NEW).subject(token, Scope.CONFIRM, AT + timedelta(hours=48, seconds=1)) is None


def test_after_a_change_of_keys_old_links_work_until_the_old_key_is_taken_away():
    token = Keys(OLD).sign(Scope.UNSUBSCRIBE, "k3v9")

    assert Keys(NEW, OLD).subject(token, Scope.UNSUBSCRIBE, AT) == "k3v9"
    assert Keys(NEW, OLD).sign(Scope.UNSUBSCRIBE, "k3v9") == Keys(NEW).sign(Scope.UNSUBSCRIBE, "k3v9")
    assert Keys(NEW).subject(token, Scope.UNSUBSCRIBE, AT) is None


@given(st.text(max_size=60) | st.from_regex(r"[a-z]\.[a-z0-9-]{1,12}\.[0-9]{1,12}\.[A-Za-z0-9_-]{22}", fullmatch=True))
def test_what_others_make_up_is_good_for_nothing(made_up):
    assert Keys(NEW).subject(made_up, Scope.UNSUBSCRIBE, AT) is None


@given(st.integers(0, 60), st.characters(min_codepoint=33, max_codepoint=126))
def test_no_character_of_a_token_can_be_changed(place, character):
    token = Keys(NEW).sign(Scope.MANAGE, "k3v9", AT)
    changed = token[: place % len(token)] + character + token[place % len(token) + 1 :]

    assert changed == token or Keys(NEW).subject(changed, Scope.MANAGE, AT) is None


def test_keys_come_from_the_environment_and_are_long():
    keys = Keys.of({"STILLUP_TOKEN_KEY": f"{NEW.decode()} {OLD.decode()}"})

    assert keys.subject(Keys(OLD).sign(Scope.MANAGE, "k3v9"), Scope.MANAGE, AT) == "k3v9"
    with pytest.raises(StillupError, match="has no STILLUP_TOKEN_KEY"):
        Keys.of({})
    with pytest.raises(StillupError, match="shorter than 32 characters") as error:
        Keys.of({"STILLUP_TOKEN_KEY": f"{NEW.decode()} secret"})
    assert "secret" not in str(error.value).replace("secrets", "")
