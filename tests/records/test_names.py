"""A misspelled key of any shape that people write is told, and never ends in a traceback."""

from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

from stillup.records.component import ComponentFacts
from stillup.records.fault import _NAMES
from stillup.records.private.contract import Contract
from stillup.records.private.customer import Customer
from stillup.records.private.drill import DrillFacts
from stillup.records.private.incident import PrivateIncidentFacts
from stillup.records.private.roster import Roster
from stillup.records.settings import WrittenSettings
from stillup.records.texts import Texts
from stillup.records.vendor import VendorState
from stillup.records.written import WrittenGroup, WrittenIncident
from stillup.vocabulary import TEXTS
from tests.tools import stillup

FILES = (
    WrittenIncident, ComponentFacts, WrittenGroup, WrittenSettings, VendorState, PrivateIncidentFacts, Roster, Customer,
    Contract, DrillFacts,
)  # fmt: skip


def shapes(kind: object, seen: set[type]) -> set[type]:
    """Return `kind` and every dataclass that a field of it may hold."""
    if isinstance(kind, type) and is_dataclass(kind):
        if kind not in seen:
            seen.add(kind)
            hints = get_type_hints(kind, include_extras=True)
            for part in fields(kind):
                shapes(hints[part.name], seen)
    else:
        for inner in get_args(kind):
            shapes(inner, seen)
    return seen


def test_every_shape_has_a_name_in_errors():
    found = set().union(*(shapes(kind, set()) for kind in FILES))

    assert {kind.__name__ for kind in found} - _NAMES.keys() == set()


def test_a_misspelled_setting_of_vendors_and_intake_is_told(tmp_path):
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Status\nplugins:\n  - stillup:\n      vendors: {pubish: draft}\n      intake: {ruls: []}\n"
    )
    done = stillup("check", "--root", tmp_path)

    assert done.returncode == 1
    assert "Did you mean publish?" in done.stderr and "Did you mean rules?" in done.stderr


def test_the_optional_texts_are_those_of_the_vocabulary():
    assert tuple(part.name for part in fields(Texts)) == TEXTS
