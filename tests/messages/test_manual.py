"""The manual names every kind, audience, form and variable."""

import re

import pytest

from stillup.messages.compose import CHANNELS
from stillup.messages.event import AUDIENCES, KINDS
from stillup.messages.template import FORMS, INTERNAL, VARIABLES
from stillup.messages.webhook import Envelope
from tests.tools import ROOT

PAGE = (ROOT / "manual" / "docs" / "messages.md").read_text(encoding="utf-8")
TOLD = set(re.findall(r"`([^`\n]+)`", PAGE))


@pytest.mark.parametrize(
    "words", [KINDS, AUDIENCES, FORMS, sorted(VARIABLES), sorted(INTERNAL), [str(each) for each in Envelope]]
)
def test_the_manual_tells_each(words):
    assert [word for word in words if word not in TOLD] == []


def test_the_manual_tells_each_channel():
    assert [channel for channel in CHANNELS if channel not in PAGE and channel != "email"] == []
