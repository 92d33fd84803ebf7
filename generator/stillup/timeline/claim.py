"""A claim: one incident or maintenance holds one component in one state for a while."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

from stillup.frozen import dataclass
from stillup.vocabulary import ComponentStatus

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One incident or maintenance holds one component in one state for a half-open span."""

    component: str
    start: datetime
    end: datetime | None
    """None: still held."""

    status: ComponentStatus


def joined(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return `claims` by start, then by component: empty spans gone, equal neighbours one, of overlaps the worst."""
    lanes: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.status.rank and (claim.end is None or claim.start < claim.end):
            lanes.setdefault(claim.component, []).append(claim)
    settled = [claim for lane in lanes.values() for claim in (_lane(lane) if len(lane) > 1 else lane)]
    settled.sort(key=lambda claim: (claim.start, claim.component))
    return tuple(settled)


def _lane(claims: list[Claim]) -> list[Claim]:
    """Return one component's claims in order, without overlaps, equal neighbours joined."""
    claims.sort(key=lambda claim: claim.start)
    if any((earlier.end or _NEVER) > later.start for earlier, later in pairwise(claims)):
        claims = _worst_of(claims)
    lane = [claims[0]]
    for claim in claims[1:]:
        last = lane[-1]
        if last.status is claim.status and last.end == claim.start:
            lane[-1] = Claim(component=last.component, start=last.start, end=claim.end, status=last.status)
        else:
            lane.append(claim)
    return lane


def _worst_of(claims: list[Claim]) -> list[Claim]:
    """Cut overlapping claims of one component at every edge and keep the worst of each piece."""
    edges = sorted({claim.start for claim in claims} | {claim.end or _NEVER for claim in claims})
    pieces = []
    for start, end in pairwise(edges):
        held = [claim for claim in claims if claim.start <= start and end <= (claim.end or _NEVER)]
        if held:
            worst = max(held, key=lambda claim: claim.status.rank)
            until = None if end is _NEVER else end
            pieces.append(Claim(component=worst.component, start=start, end=until, status=worst.status))
    return pieces
