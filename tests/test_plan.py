"""The manual prints the plan as it is, and the plan is that of the example's incident response plan."""

from stillup.records.standard import plan
from stillup.timeline.clock.clock import length
from tests.tools import ROOT

MANUAL = (ROOT / "manual" / "docs" / "plan.md").read_text(encoding="utf-8")
PLAN = plan({})


def row(first: str) -> str:
    return next(line for line in MANUAL.splitlines() if line.startswith(f"| {first}"))


def test_the_manual_prints_every_severity_with_its_criteria_examples_and_targets():
    for severity, target in PLAN.severities.items():
        limits = [length(each) if each else "-" for each in (target.acknowledge, target.respond)]
        limits += [str(each or "-") for each in (target.watch, target.recover, target.meeting, target.document)]
        cells = [f"`{severity}` {target.name}", "; ".join(target.criteria), "; ".join(target.examples), *limits]
        assert row(f"`{severity}`") == f"| {' | '.join(cells)} |"


def test_the_manual_prints_escalation_triggers_and_exercises():
    for rung in PLAN.escalation.chain:
        assert row(f"`{rung.to}`") == f"| `{rung.to}` | {' | '.join(length(each) for each in rung.after.values())} |"
    for name, trigger in PLAN.triggers.items():
        limit = length(trigger.within) if trigger.within else "at once"
        amount = f"{trigger.amount} {trigger.currency}" if trigger.amount else trigger.count
        threshold = amount or (length(trigger.after) if trigger.after else "-")
        told = " ".join(f"`{role}`" for role in trigger.to)
        assert row(f"`{name}`") == f"| `{name}` | `{trigger.measure}` | {threshold} | {told} | {limit} |"
    for kind, rule in PLAN.drills.items():
        assert row(f"`{kind}`").startswith(f"| `{kind}` | `{rule.every}` |")


def test_the_manual_prints_every_notice_of_every_regime_with_its_source():
    for name, regime in PLAN.regimes.items():
        for step_name, step in regime.steps.items():
            line = row(f"`{name}` {regime.name} | `{step_name}`")
            assert f"| {step.to} | {'; '.join(step.content)} | {step.source} |" in line
            assert str(step.within or "without undue delay") in line
