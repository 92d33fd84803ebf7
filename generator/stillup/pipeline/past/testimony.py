"""What was found of an instant, told to people and to scripts."""

import json
from collections.abc import Iterator

from stillup.delivery.audit import Account
from stillup.delivery.event_log.entry import Logged
from stillup.pipeline.event_log.draft import part_of
from stillup.pipeline.past.as_published import Approval, AsPublished, Committed, Log, State, Word
from stillup.records.moment import utc


def text(found: AsPublished) -> str:
    """Return it for people."""
    return "\n".join(_lines(found))


def dumped(found: AsPublished) -> str:
    """Return it as JSON."""
    document = {
        "at": utc(found.at),
        "commit": found.commit,
        "committed_at": utc(found.committed_at),
        "said": _state(found.said),
        "true": _state(found.true),
        "updates": [_word(each) for each in found.words],
        "event_log": _log(found.log) if found.log else None,
        "sent": [each.numbers() for each in found.sent] if found.sent is not None else None,
        "notes": list(found.notes),
        "site": str(found.site) if found.site else None,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _lines(found: AsPublished) -> Iterator[str]:
    yield f"At {utc(found.at)}, by commit {found.commit[:10]} of {utc(found.committed_at)}:"
    yield f"  the page said: {found.said.overall}"
    yield f"  by today's records: {found.true.overall}"
    for id in sorted({*found.said.components, *found.true.components}):
        said, true = (each.components.get(id, "operational") for each in (found.said, found.true))
        yield f"  {id}: {said}" + (f"; by today's records {true}" if said != true else "")
    if found.log is not None and found.log.head is not None:
        head = found.log.head
        yield f"  the event log, begun at {utc(found.log.began_at)}, ended with entry {head.seq}: {head.hash}"
    if found.log is not None:
        yield from (f"  THE EVENT LOG IS NOT WHOLE: {fault}" for fault in found.log.faults)
    yield from (f"  {note}" for note in found.notes)
    for id in dict.fromkeys([*found.said.open, *found.true.open]):
        yield from _incident(found, id)
    if found.log is not None and found.log.differences:
        yield "Git and the event log disagree:"
        for each in found.log.differences:
            yield f"  {each.key}: {each.said}" if each.key else f"  {each.said}"
    elif found.log is not None and found.log.head is not None and not found.log.faults:
        yield "Git and the event log agree."
    if found.site:
        yield f"{found.site}: the page as it stood."


def _incident(found: AsPublished, id: str) -> Iterator[str]:
    said, true = id in found.said.open, id in found.true.open
    only = "" if said and true else (
        " (open on the page, closed by today's records)" if said
        else " (not on the page then, open by today's records)"
    )  # fmt: skip
    yield f"{id}{only}"
    words = [each for each in found.words if each.incident == id]
    first = words[0].key.partition("/")[0] if words else id
    events = [each for each in found.log.events if each.entry.incident == first] if found.log else []
    for word in words:
        yield f"  {utc(word.said_at)} {word.status}: {word.body}"
        yield f"    committed {_commit(word.brought)}"
        if word.worded.id != word.brought.id:
            yield f"    in these words since {_commit(word.worded)}"
        for approval in word.approvals:
            but = "" if approval.counts else "; not by a second person who owns the record by CODEOWNERS"
            yield f"    approved by {', '.join(approval.people)}: {_commit(approval.commit)}; words {word.digest}{but}"
        if not word.approvals:
            yield f"    approved by nobody (words {word.digest})"
        own = [each for each in events if part_of(each.entry.key) == word.key]
        yield from _published(found, own, {word.key})
        if found.log is not None and found.log.head is not None and not own:
            yield "    not in the event log by then"
        events = [each for each in events if each not in own]
    for each in events:
        yield f"  {utc(each.entry.at)} {each.entry.key}"
        yield from _published(found, [each], {each.entry.key})


def _published(found: AsPublished, events: list[Logged], keys: set[str]) -> Iterator[str]:
    """Yield when it was published, and to whom it was sent by then."""
    for each in events:
        entry = each.entry
        gone = "" if each.telling else "; its text was redacted since"
        kind = entry.kind.replace("_", ".", 1)
        yield f"    published {utc(entry.logged_at)}: entry {each.seq}, {kind}, {each.hash}{gone}"
    wanted = keys | {each.entry.key for each in events}
    accounts = [each for each in found.sent or () if each.event in wanted]
    yield from (f"    sent {_sent(each)}" for each in accounts)
    if found.sent is not None and not accounts:
        yield "    sent to nobody by then"


def _sent(account: Account) -> str:
    counts = ", ".join(f"{count} {word}" for word, count in sorted((+account.counts).items())) or "nobody"
    when = f"last at {utc(account.told_at)}" if account.told_at else "no receipt by then"
    return f"by {account.channel}: {counts}, {when}"


def _commit(commit: Committed) -> str:
    return f"{utc(commit.at)} by {commit.committer}, {commit.signature} ({commit.id[:10]})"


def _state(state: State) -> dict[str, object]:
    return {"overall": state.overall, "components": dict(state.components), "open": list(state.open)}


def _word(each: Word) -> dict[str, object]:
    return {
        "incident": each.incident,
        "update": each.update,
        "said_at": utc(each.said_at),
        "status": each.status,
        "text": each.body,
        "digest": each.digest,
        "committed_at": utc(each.brought.at),
        "commit": each.brought.id,
        "author": each.brought.author,
        "committer": each.brought.committer,
        "signature": each.brought.signature,
        "worded": _committed(each.worded),
        "approved_by": [person for approval in each.approvals for person in approval.people],
        "approvals": [_approval(approval) for approval in each.approvals],
    }


def _approval(each: Approval) -> dict[str, object]:
    return {"by": list(each.people), "counts": each.counts, **_committed(each.commit)}


def _committed(each: Committed) -> dict[str, object]:
    return {
        "commit": each.id,
        "committed_at": utc(each.at),
        "author": each.author,
        "committer": each.committer,
        "signature": each.signature,
    }


def _log(log: Log) -> dict[str, object]:
    return {
        "began_at": utc(log.began_at),
        "seq": log.head.seq if log.head else None,
        "head": log.head.hash if log.head else None,
        "faults": list(log.faults),
        "events": [_event(each) for each in log.events],
        "differences": [{"kind": each.kind, "key": each.key or None, "said": each.said} for each in log.differences],
    }


def _event(each: Logged) -> dict[str, object]:
    entry = each.entry
    return {
        "seq": each.seq,
        "hash": each.hash,
        "key": entry.key,
        "type": entry.kind.replace("_", ".", 1),
        "at": utc(entry.at),
        "logged_at": utc(entry.logged_at),
        "commit": entry.commit or None,
        "redacted": each.telling is None,
    }
