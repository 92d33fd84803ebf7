"""Everything below the private folder: read, joined to the public records by stem, every problem with its place."""

import os
from collections.abc import Collection, Mapping
from dataclasses import field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.records.document import Document
from stillup.records.finding import Findings, repeated
from stillup.records.folder import RecordFile, contents, record_files
from stillup.records.incident import Incident
from stillup.records.inventory import Components
from stillup.records.private import contradiction
from stillup.records.private.contract import Contract
from stillup.records.private.customer import Customer
from stillup.records.private.drill import Drill, DrillFacts
from stillup.records.private.incident import PrivateIncident, PrivateIncidentFacts
from stillup.records.private.roster import Roster
from stillup.records.reading import read
from stillup.records.refusal import nearest
from stillup.records.settings import Settings
from stillup.records.shape import shaped

Shape = TypeVar("Shape")

ROSTER, CUSTOMERS, CONTRACTS = "roster.yml", "customers.yml", "contracts.yml"
"""Files of the private folder. Its folders are `incidents/` and `drills/`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """What only we know."""

    folder: Path
    """Where it stands."""

    present: bool
    """Whether the folder is there at all."""

    incidents: Mapping[str, PrivateIncident] = field(default_factory=dict)
    """By id: that of the public record, or of none where the whole incident is private."""

    drills: Mapping[str, Drill] = field(default_factory=dict)
    """By id."""

    roster: Roster | None = None
    """None where the file is missing."""

    customers: Mapping[str, Customer] = field(default_factory=dict)
    """By id, in file order."""

    contracts: Mapping[str, Contract] = field(default_factory=dict)
    """By id, in file order."""

    missing: tuple[str, ...] = ()
    """What is not there, as paths a person would write: the folder alone where all of it is missing."""

    @property
    def kept(self) -> bool:
        """Whether incidents have a private side here at all: somebody to call, or a record of any incident."""
        return self.roster is not None or bool(self.incidents)

    def known(self, at: datetime) -> "Private":
        """Return the same as far as it was known at `at`: what is noted as later is left out."""
        return replace(self, incidents={id: contradiction.known(each, at) for id, each in self.incidents.items()})


def folder(root: Path, settings: Settings) -> Path:
    """Return where private records stand: `private:` counted from the root, or wherever it leads."""
    return root / settings.private


def load(
    root: Path,
    settings: Settings,
    public: Mapping[str, Incident] | Collection[str],
    components: Components | None = None,
) -> tuple[Private, tuple[Problem, ...]]:
    """Return what could be read of the private folder, and every problem of every file in it.

    `public` are the public records by id, or their ids alone: what stands in a private record beside them is held
    against them. Without the folder there is no problem: `present` is false and `missing` names it.
    """
    base = folder(root, settings)
    if not base.is_dir():
        return Private(folder=base, present=False, missing=(settings.private,)), ()
    reader = _Reader(base, settings.private.rstrip("/"))
    found = reader.files("incidents")
    incidents = {}
    for file in found:
        document, facts = reader.record(file, PrivateIncidentFacts)
        if document is None:
            continue
        whole = file.id not in public
        record = public[file.id] if isinstance(public, Mapping) and not whole else None
        if facts is not None:
            contradiction.of_incident(facts, document, whole, record, settings, reader.findings)
            incidents[file.id] = PrivateIncident(id=file.id, whole=whole, **_facts(facts, PrivateIncidentFacts))
    drills = {}
    for file in reader.files("drills"):
        document, exercise = reader.record(file, DrillFacts)
        if document is not None and exercise is not None:
            contradiction.of_drill(exercise, document, reader.findings)
            drills[file.id] = Drill(id=file.id, **_facts(exercise, DrillFacts))
    roster_document, roster = reader.one(ROSTER, Roster)
    if roster_document is not None and roster is not None:
        contradiction.of_roster(roster, roster_document, settings, reader.findings)
    customers_document, customers = reader.several(CUSTOMERS, Customer)
    contracts_document, contracts = reader.several(CONTRACTS, Contract)
    if contracts_document is not None:
        for index, contract in contracts:
            contradiction.of_contract(contract, index, contracts_document, reader.findings)
            if contract.customer not in {customer.id for _, customer in customers} and customers_document is not None:
                reader.reference(contracts_document, (index, "customer"), contract.customer, "customer", customers)
            for place, exclusion in enumerate(contract.excluded):
                if exclusion.incident not in public and exclusion.incident not in incidents:
                    loc = (index, "excluded", place, "incident")
                    reader.reference(contracts_document, loc, exclusion.incident, "incident", [])
            for place, service in enumerate(contract.services):
                reader.components(
                    contracts_document, (index, "services", place, "components"), service.components, components
                )
    if customers_document is not None:
        for index, customer in customers:
            reader.components(customers_document, (index, "components"), customer.components, components)
    for file in found:
        record = incidents.get(file.id)
        if record is not None and record.drill is not None and record.drill not in drills:
            message = f"There is no drill of that name below {settings.private}/drills."
            document, _ = reader.document(file.path)
            if document is not None:
                reader.findings.say(document, ("drill",), message, "Write the name of its file.", code="reference")
        if record is not None and record.personal_data is not None and record.personal_data.customers:
            known_ids = {customer.id for _, customer in customers}
            for place, name in enumerate(record.personal_data.customers):
                document = reader.document(file.path)[0] if name not in known_ids else None
                if document is not None:
                    reader.reference(document, ("personal_data", "customers", place), name, "customer", customers)
        if record is not None and record.contacted and customers_document is not None:
            document, _ = reader.document(file.path)
            for name in record.contacted.keys() - {customer.id for _, customer in customers}:
                if document is not None:
                    reader.reference(document, ("contacted", name), name, "customer", customers)
    private = Private(
        folder=base,
        present=True,
        incidents=incidents,
        drills=drills,
        roster=roster,
        customers={customer.id: customer for _, customer in customers},
        contracts={contract.id: contract for _, contract in contracts},
        missing=tuple(reader.missing),
    )
    return private, tuple(sorted(reader.findings.problems))


def _facts(facts: Any, shape: type) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in shape.__dataclass_fields__}  # type: ignore[attr-defined]


class _Reader:
    """Reads files of one folder, which problems call `named`."""

    def __init__(self, base: Path, named: str) -> None:
        self.base, self.named = base, named
        self.findings = Findings()
        self.missing: list[str] = []

    def files(self, name: str) -> tuple[RecordFile, ...]:
        """Return the records of a folder."""
        if not (self.base / name).exists():
            self.missing.append(f"{self.named}/{name}")
            return ()
        found, problems = record_files(self.base, name)
        self.findings.problems += [replace(problem, file=f"{self.named}/{problem.file}") for problem in problems]
        for path in (path for file in found for path in file.updates):
            message, fix = "A private record has no updates of its own.", "Write what happened into its timeline."
            stray = Problem(file=f"{self.named}/{path}", code="stray-file", message=message, fix=fix)
            self.findings.problems.append(stray)
        return found

    def document(self, path: str) -> tuple[Document | None, tuple[Problem, ...]]:
        """Return what stands in a file."""
        data, problem = contents(self.base, path)
        named = f"{self.named}/{path}"
        return (None, (replace(problem, file=named),)) if problem else read(data, named)

    def record(self, file: RecordFile, shape: type[Shape]) -> tuple[Document | None, Shape | None]:
        """Return the record in `file`."""
        return self._shaped(file.path, shape)

    def one(self, path: str, shape: type[Shape]) -> tuple[Document | None, Shape | None]:
        """Return what a file of its own holds; None where it is missing, which is noted."""
        if not os.path.lexists(self.base / path):
            self.missing.append(f"{self.named}/{path}")
            return None, None
        return self._shaped(path, shape)

    def _shaped(self, path: str, shape: type[Shape]) -> tuple[Document | None, Shape | None]:
        document, problems = self.document(path)
        self.findings.problems += problems
        if document is None:
            return None, None
        taken = shaped(document, shape, document.value)
        self.findings.problems += taken.problems
        self.findings.lose(document, taken.lost)
        return document, taken.value

    def several(self, path: str, shape: type[Shape]) -> tuple[Document | None, list[tuple[int, Shape]]]:
        """Return the entries of a list that could be read, with their places."""
        if not os.path.lexists(self.base / path):
            self.missing.append(f"{self.named}/{path}")
            return None, []
        document, problems = self.document(path)
        self.findings.problems += problems
        if document is None:
            return None, []
        if not isinstance(document.value, list):
            message, fix = "This is not a list.", "Begin each entry with a dash and its id."
            self.findings.say(document, (), message, fix, code="type")
            return document, []
        result: list[tuple[int, Shape]] = []
        for index, entry in enumerate(document.value):
            taken = shaped(document, shape, entry, (index,))
            self.findings.problems += taken.problems
            self.findings.lose(document, taken.lost)
            if taken.value is not None:
                result.append((index, taken.value))
        ids = [getattr(value, "id", "") for _, value in result]
        for place in repeated(ids):
            loc = (result[place][0], "id")
            self.findings.say(document, loc, "This id stands here twice.", "Write another.", code="duplicate-id")
        return document, result

    def reference(
        self, document: Document, loc: tuple[str | int, ...], name: str, kind: str, known: list[tuple[int, Any]]
    ) -> None:
        """Say that a name leads nowhere."""
        near = nearest(name, [each.id for _, each in known])
        fix = f"Did you mean {near}?" if near else f"Write the id of a {kind}."
        self.findings.say(document, loc, f"There is no {kind} of that id.", fix, code="reference")

    def components(
        self, document: Document, loc: tuple[str | int, ...], names: tuple[str, ...], components: Components | None
    ) -> None:
        """Say which of `names` are no components and no groups."""
        if components is None:
            return
        for index, name in enumerate(names):
            slug = name.removeprefix("group:")
            known: Mapping[str, object] = components.by_group if name != slug else components.by_id
            if slug not in known:
                kind = "group" if name != slug else "component"
                near = nearest(slug, known)
                fix = (
                    f"Did you mean {'group:' if name != slug else ''}{near}?" if near else f"Write the id of a {kind}."
                )
                message = f"There is no {kind} of that id."
                self.findings.say(document, (*loc, index), message, fix, code="reference")
