"""What the evidence bundle says of deliveries: what the ledger lists, what was taken out of it, and its chain."""

from collections.abc import Sequence

from stillup.records.moment import utc
from stillup.reports.document import Facts, Sheet, Table, Text
from stillup.reports.evidence import Chained, Delivery, Evidence
from stillup.reports.wording import NOTHING, counted

_SHOWN = 25
"""Rows of a table in the document; its CSV has all of them."""

_STANDINGS = ("accepted", "refused", "unknown", "later")


def delivery_table(deliveries: Sequence[Delivery]) -> Table:
    """Return the newest deliveries, a row each."""
    heads = ("Newest receipt", "Event", "Channel", "Accepted", "Not accepted")
    rows = tuple(
        (
            utc(each.told_at) if each.told_at else "erased" if each.erased else NOTHING,
            each.event,
            each.channel,
            str(each.counts.get("accepted", 0)),
            ", ".join(f"{count} {word}" for word, count in sorted(each.counts.items()) if count and word != "accepted")
            or NOTHING,
        )
        for each in deliveries
    )
    return cut(heads, rows, "compliance-deliveries.csv", "The ledger has no receipt of the period.", frozenset({3}))


def erased(evidence: Evidence) -> tuple[Text, ...]:
    """Return what is no longer in the ledger: that it is not listed is no sign that it was not told."""
    said = []
    if within := sum(each.erased for each in evidence.deliveries):
        said.append(
            f"Erased from the ledger since, so that only sums are left: {counted(within, 'delivery', 'deliveries')}."
        )
    if evidence.undated:
        said.append(
            f"Erased, and nothing says when they were told, so that they stand in no period: {evidence.undated}."
        )
    if said:
        said.append("Lines of ledger.jsonl that have a hash and no text are theirs.")
    return (Text(text=" ".join(said)),) if said else ()


def delivery_counts(evidence: Evidence) -> dict[str, int]:
    """Return how many there are, for machines."""
    return {
        "listed": len(evidence.deliveries),
        "erased": sum(each.erased for each in evidence.deliveries),
        "erased_of_unknown_time": evidence.undated,
    }


def delivery_sheet(deliveries: Sequence[Delivery]) -> Sheet:
    """Return every delivery."""
    rows = tuple(
        (
            each.event,
            each.channel,
            each.told_at,
            *(each.counts.get(word, 0) for word in _STANDINGS),
            "; ".join(
                f"{count} {word}" for word, count in sorted(each.counts.items()) if count and word not in _STANDINGS
            ),
            "; ".join(f"{count} x {reason}" for reason, count in sorted(each.reasons.items())),
            each.erased,
        )
        for each in deliveries
    )
    heads = ("event", "channel", "newest_receipt", *_STANDINGS, "others", "reasons", "erased")
    return Sheet(name="deliveries", heads=heads, rows=rows)


def cut(
    heads: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    file: str,
    otherwise: str,
    numbers: frozenset[int] = frozenset(),
) -> Table:
    """Return the last rows, and in which file all are."""
    more = f"The newest {_SHOWN} of {len(rows)}; all stand in {file}." if len(rows) > _SHOWN else ""
    return Table(heads=heads, rows=rows[-_SHOWN:], caption=more, otherwise=otherwise, numbers=numbers)


def chains(evidence: Evidence) -> tuple[Facts, ...]:
    """Return how ledger and event log stand."""
    facts = []
    for name, held in (("Ledger", evidence.ledger), ("Event log", evidence.log)):
        if held is None:
            facts.append((name, "there is none"))
        else:
            whole = "whole" if not held.faults else f"NOT whole: {held.faults[0]}"
            facts.append((name, f"{counted(held.lines, 'line')}, {whole}; last hash {held.head}"))
    return (Facts(facts=tuple(facts)),)


def chain(held: Chained | None) -> object:
    """Return the same for machines."""
    if held is None:
        return None
    return {"place": held.place, "lines": held.lines, "head": held.head, "faults": list(held.faults)}
