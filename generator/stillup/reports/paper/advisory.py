"""The text of a GitHub security advisory: public facts only, in the shape that GitHub's form and API ask for."""

import json

from stillup.reports.paper.case import Case
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen

_FORM = (
    ("Affected product", "vulnerabilities[0].package", "ecosystem and package"),
    ("Affected versions", "vulnerabilities[0].vulnerable_version_range", "which versions, as in < 2.4.1"),
    ("Patched versions", "vulnerabilities[0].patched_versions", "the first version without it"),
    ("Severity", "cvss_vector_string", "a CVSS vector: the plan's severity says how bad it was for us, not for them"),
    ("CWE", "cwe_ids", "the class of weakness"),
)
"""What GitHub's form asks for and no record of a service says."""


def advisory(case: Case) -> Paper:
    """Return the draft of an advisory, with the body of the API's request beside it.

    What GitHub needs and no record says (package, versions, CVSS, CWE) is named as missing and left out of the request.
    """
    pen = Pen()
    if case.public is None:
        pen.say(
            "**Nothing of this incident is public, so nothing of it is said in an advisory.** Publish it first: "
            "an advisory is public."
        )
        pen.blank("updates", "a public record of it", "public")
        return case.paper("advisory", f"Security advisory: {case.title}", pen, numbers={"advisory": None})
    text = _description(case)
    pen.head("Form")
    pen.fact("Title", case.title)
    for label, field, what in _FORM:
        pen.fact(label, "", field, what, "advisory.json")
    approved = case.known.legal_approved
    pen.fact(
        "Legal",
        f"agreed {case.time(approved.at)}, {plain(approved.by)}" if approved else "",
        "legal_approved",
        "that the legal side agreed",
    )
    pen.head("Description")
    pen.quote(text)
    pen.say(
        "The form takes it as it stands. By API: `gh api repos/OWNER/REPOSITORY/security-advisories --input "
        "advisory.json`, after the missing fields were added to the file."
    )
    request = {"summary": case.public.title[:1024], "description": text, "vulnerabilities": []}
    body = json.dumps(request, ensure_ascii=False, indent=2).encode() + b"\n"
    return case.paper(
        "advisory",
        f"Security advisory: {case.title}",
        pen,
        numbers={"advisory": request},
        beside={"advisory.json": body},
    )


def _description(case: Case) -> str:
    """Return the advisory's text, of public words alone."""
    parts = [
        (
            "Impact",
            " ".join(
                filter(
                    None,
                    (
                        _line(case, "summary"),
                        _line(case, "impact_text"),
                        _line(case, "scope"),
                        _line(case, "data_loss"),
                    ),
                )
            ),
        ),
        ("Patches", " ".join(filter(None, (_line(case, "resolution"), _line(case, "prevention"))))),
        ("Workarounds", "" if case.newest("workaround") == "none_known" else _line(case, "workaround")),
        ("References", f"- {case.place}" if case.place else ""),
        ("For more information", f"Write to {case.settings.security}." if case.settings.security else ""),
    ]
    return "\n\n".join(f"### {head}\n\n{text}" for head, text in parts if text)


def _line(case: Case, field: str) -> str:
    return " ".join(case.newest(field).split())
