"""How alerts become states and drafts: `intake:` of the settings."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import Duration, Filled, Id, Line
from stillup.records.mark import Strict
from stillup.vocabulary import ComponentStatus, Severity


class Publish(StrEnum):
    """How far an alert gets by itself."""

    DRAFT = "draft"
    COMPONENT_ONLY = "component_only"
    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule(Strict):
    """What alerts with certain labels mean for the page."""

    match: Annotated[Mapping[Line, Line], Filled]
    """Labels and the values they must have; `*` stands for any characters."""

    component: Id
    """The component they speak of."""

    impact: Mapping[Line, ComponentStatus] = field(default_factory=dict)
    """By the alert's label `severity`: the state of the component; the worst one where it has no such label."""

    severity: Mapping[Line, Severity] = field(default_factory=dict)
    """By the alert's label `severity`: the class of the incident."""

    open_after: Duration = timedelta(minutes=2)
    """How long it must go on before anything happens."""

    resolve_after: Duration = timedelta(minutes=10)
    """How long it must be quiet before it counts as over."""

    reopen_within: Duration = timedelta(minutes=60)
    """How soon after that it is the same incident again."""

    publish: Publish = Publish.DRAFT
    """`draft`: people decide. `component_only`: the component's state follows. `auto`: fixed words are published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake(Strict):
    """How alerts become drafts."""

    rules: tuple[AlertRule, ...] = ()
    """The first rule that matches an alert counts."""
