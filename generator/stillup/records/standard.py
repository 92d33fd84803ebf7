"""What the plan says where the settings say nothing, as settings spell it.

The numbers are those of the example's incident response plan; the time limits of authorities are the law's, each with
its source. A change of the law is a change of this table, or of the settings of one page.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from stillup.records.document import Document
from stillup.records.plan import Plan

STANDARD: Mapping[str, Any] = {
    "breach_notice": "72h",
    "severities": {
        "P0": {
            "name": "Critical",
            "criteria": [
                "Full system outage: the service is completely unavailable",
                "Data breach confirmed: user data exposed or compromised",
                "Compliance violation: breach of GDPR, CCPA or an audit requirement",
                "Security incident: active attack, unauthorised access",
            ],
            "examples": ["Nobody can sign in", "The ledger database does not answer"],
            "acknowledge": "15m",
            "respond": "1h",
            "watch": "24h",
            "recover": "72h",
            "meeting": "72h",
            "document": "7 days",
        },
        "P1": {
            "name": "High",
            "criteria": [
                "Major functionality broken: core features cannot be used",
                "High error rate: more than 5 % of requests fail",
                "Severely degraded performance: more than twice the normal response times",
                "Integration failure: a critical supplier is down",
            ],
            "examples": ["Card payments are declined", "Payments fail in one region"],
            "acknowledge": "1h",
            "respond": "4h",
            "watch": "24h",
            "recover": "72h",
            "meeting": "72h",
            "document": "7 days",
        },
        "P2": {
            "name": "Medium",
            "criteria": [
                "Partial feature outage: features that are not critical are affected",
                "Minor security issue: a potential vulnerability was found",
                "Performance degradation: noticeable, but no severe slowdown",
                "Single integration failure: one notification channel is affected",
            ],
            "examples": ["Text messages do not arrive", "The dashboard is slow"],
            "acknowledge": "4h",
            "respond": "24h",
            "watch": "24h",
            "recover": "72h",
            "meeting": "72h",
            "document": "7 days",
        },
        "P3": {
            "name": "Low",
            "criteria": [
                "Cosmetic bug: it does not affect what the product does",
                "Documentation issue: outdated or incorrect documentation",
                "Non-urgent enhancement: a request for an improvement",
            ],
            "examples": ["A help text names a wrong column"],
            "acknowledge": "24h",
        },
    },
    "severity_rules": [
        {"severity": "P0", "impact": "critical"},
        {"severity": "P0", "impact": "major", "users": 50},
        {"severity": "P1", "impact": "major"},
        {"severity": "P1", "impact": "minor", "users": 25},
        {"severity": "P2", "impact": "minor"},
        {"severity": "P3", "impact": "none"},
    ],
    "escalation": {
        "first": "on-call-engineer",
        "chain": [
            {"to": "team-lead", "after": {"P0": "30m", "P1": "2h"}},
            {"to": "engineering-manager", "after": {"P0": "1h", "P1": "4h"}},
            {"to": "cto", "after": {"P0": "2h", "P1": "8h"}},
            {"to": "ceo", "after": {"P0": "4h", "P1": "24h"}},
        ],
    },
    "triggers": {
        "duration": {"measure": "duration", "to": ["engineering-manager"]},
        "severity-increase": {"measure": "severity", "to": ["team-lead"]},
        "several-systems": {"measure": "systems", "count": 2, "to": ["team-lead"]},
        "complaints": {"measure": "complaints", "count": 20, "to": ["engineering-manager"]},
        "media": {"measure": "media", "count": 1, "to": ["cto"]},
        "money-1k": {"measure": "money", "amount": 1000, "to": ["team-lead"]},
        "money-5k": {"measure": "money", "amount": 5000, "to": ["engineering-manager"]},
        "money-10k": {"measure": "money", "amount": 10000, "to": ["finance", "cto"]},
        "money-25k": {"measure": "money", "amount": 25000, "to": ["executive-team"]},
        "money-50k": {"measure": "money", "amount": 50000, "to": ["board"], "within": "4h"},
        "money-100k": {"measure": "money", "amount": 100000, "to": ["ceo", "board"]},
        "long-outage": {"measure": "outage", "after": "4h", "severities": ["P0"], "to": ["board", "investors"]},
    },
    "regimes": {
        "gdpr": {
            "name": "GDPR",
            "steps": {
                "notification": {
                    "within": "72h",
                    "to": "supervisory authority",
                    "content": [
                        "nature of the breach, categories and approximate number of people and of records",
                        "contact of the data protection officer",
                        "likely consequences",
                        "measures taken or proposed",
                        "reasons for a delay, where it is late",
                    ],
                    "source": "GDPR Art. 33",
                },
                "people": {
                    "high_risk": True,
                    "to": "people concerned",
                    "content": [
                        "nature of the breach, in plain language",
                        "contact of the data protection officer",
                        "likely consequences",
                        "measures taken or proposed",
                    ],
                    "source": "GDPR Art. 34",
                },
            },
            "note": "A proposal of 2025-11-19 would make it 96 hours; until it is law, 72 hours hold.",
        },
        "nis2": {
            "name": "NIS2",
            "steps": {
                "early-warning": {
                    "within": "24h",
                    "to": "CSIRT or competent authority",
                    "content": ["whether it is suspected to be malicious", "whether it may cross borders"],
                    "source": "NIS2 Art. 23(4)(a)",
                },
                "notification": {
                    "within": "72h",
                    "to": "CSIRT or competent authority",
                    "content": ["severity and impact", "indicators of compromise"],
                    "source": "NIS2 Art. 23(4)(b)",
                },
                "final": {
                    "step": "notification",
                    "within": "1 month",
                    "to": "CSIRT or competent authority",
                    "content": ["root cause", "measures", "effects across borders"],
                    "source": "NIS2 Art. 23(4)(d)",
                },
            },
            "note": "National laws differ in whom to tell.",
        },
        "dora": {
            "name": "DORA",
            "steps": {
                "initial": {
                    "after": "classified_at",
                    "within": "4h",
                    "latest": {"after": "aware_at", "within": "24h"},
                    "to": "competent authority",
                    "content": ["initial notification of Implementing Regulation 2025/302"],
                    "source": "Delegated Regulation 2025/301 Art. 5(1)(a)",
                },
                "intermediate": {
                    "step": "initial",
                    "within": "72h",
                    "to": "competent authority",
                    "content": ["intermediate report of Implementing Regulation 2025/302, even if nothing changed"],
                    "source": "Delegated Regulation 2025/301 Art. 5(1)(b)",
                },
                "recovery": {
                    "after": "recovered_at",
                    "to": "competent authority",
                    "content": ["updated intermediate report, once regular activities have been recovered"],
                    "source": "Delegated Regulation 2025/301 Art. 5(1)(b)",
                },
                "final": {
                    "step": "intermediate",
                    "within": "1 month",
                    "to": "competent authority",
                    "content": ["final report of Implementing Regulation 2025/302"],
                    "source": "Delegated Regulation 2025/301 Art. 5(1)(c)",
                },
            },
            "note": "After weekends and holidays some may file by noon of the next working day: not counted on here.",
        },
        "california": {
            "name": "California",
            "steps": {
                "residents": {
                    "within": "30 days",
                    "to": "residents of California",
                    "content": [
                        "What Happened",
                        "What Information Was Involved",
                        "What We Are Doing",
                        "What You Can Do",
                        "For More Information",
                    ],
                    "source": "Cal. Civ. Code 1798.82 (SB 446, from 2026-01-01)",
                },
                "attorney-general": {
                    "step": "residents",
                    "within": "15 days",
                    "residents": 501,
                    "to": "Attorney General of California",
                    "content": ["a sample of the notice to residents"],
                    "source": "Cal. Civ. Code 1798.82(f)",
                },
            },
        },
    },
    "drills": {
        "tabletop": {"every": "month"},
        "chaos": {"every": "month"},
        "game_day": {"every": "quarter"},
        "coordination": {
            "every": "quarter",
            "scenarios": [
                "Notification system failure simulation",
                "Database corruption and recovery drill",
                "Security breach response exercise",
                "Multi-vendor outage coordination test",
            ],
        },
    },
}


def plan(written: Mapping[str, object]) -> Plan:
    """Return the plan: `written`, key by key, over the standard. What cannot be used is as if it were not written."""
    return _plan(json.dumps(written, sort_keys=True, default=str))


@lru_cache(maxsize=8)
def _plan(written: str) -> Plan:
    from stillup.records.shape import shaped

    options = merged(STANDARD, json.loads(written, parse_float=Decimal))
    taken = shaped(Document("mkdocs.yml", options), Plan, options).value
    assert taken is not None, "every key of a plan may be left out"
    return taken


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return `new` over `old`, mapping by mapping."""
    result = dict(old)
    for key, value in new.items():
        before = result.get(key)
        result[key] = merged(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return result
