"""What a new page consists of, as texts by path; nothing is written here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from unicodedata import normalize

import stillup
from stillup.intake import name
from stillup.records.schema import SHAPES, file_name, text
from stillup.records.unversioned import GITIGNORE
from stillup.records.writing import spelling

CI = {
    "github": {
        ".github/workflows/preview.yml": "github-preview.yml",
        ".github/workflows/status.yml": "github-status.yml",
    },
    "gitlab": {".gitlab-ci.yml": "gitlab.yml"},
}
"""By code host: the files that its CI reads, each with the name of our text."""

_DEPLOY = {"github": [{"git": "origin", "branch": "gh-pages", "history": False}]}
"""By code host: where its pages are served from. GitLab takes them from a job instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody who starts a page was asked."""

    organisation: str
    site_url: str = ""
    timezone: str = "UTC"
    support_email: str = ""
    components: Sequence[str] = ("Website",)
    """Names; `Group / Name` puts one into a group."""

    ci: str = "github"
    """A key of `CI`, or empty."""

    since: date | None = None
    """From which day on the page tells of the components."""


def planned(wishes: Wishes) -> dict[str, str]:
    """Return the text of every file by its path."""
    told = {"organisation": wishes.organisation, "version": stillup.__version__, "site_url": wishes.site_url}
    result = {
        "mkdocs.yml": _settings(wishes),
        "docs/about.md": _filled("about.md", told),
        ".gitignore": GITIGNORE,
        ".vscode/settings.json": _filled("vscode.json", told),
        ".vscode/extensions.json": _filled("extensions.json", told),
        "requirements.txt": f"stillup=={stillup.__version__}\n",
        "README.md": _filled("README.md", told),
        "incidents/_README.md": _filled("incidents.md", told),
        **_components(wishes.components, wishes.since),
        **{f"schema/{file_name(kind)}": text(kind) for kind in SHAPES},
    }
    result |= {path: _filled(name, told) for path, name in CI.get(wishes.ci, {}).items()}
    return result


def slug(name: str) -> str:
    """Return an id made of `name`."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "component"


def _settings(wishes: Wishes) -> str:
    own: dict[str, object] = {"organisation": wishes.organisation, "timezone": wishes.timezone}
    if wishes.support_email:
        own["support"] = {"email": wishes.support_email}
    if wishes.ci in _DEPLOY:
        own["deploy"] = _DEPLOY[wishes.ci]
    settings: dict[str, object] = {"site_name": name.page(wishes.organisation)}
    if wishes.site_url:
        settings["site_url"] = wishes.site_url
    settings["theme"] = {"name": "material", "font": False}
    settings["extra"] = {"generator": False}
    settings["plugins"] = ["search", {"stillup": own}]
    return f"# yaml-language-server: $schema=schema/settings.schema.json\n{spelling.write(settings)}"


def _components(names: Sequence[str], since: date | None) -> dict[str, str]:
    result: dict[str, str] = {}
    groups: dict[str, str] = {}
    for position, written in enumerate(names, 1):
        # Only a slash between spaces divides: `CI/CD` is one name.
        group, slash, name = (part.strip() for part in written.rpartition(" / "))
        facts: dict[str, object] = {"name": name, "position": position}
        if slash and group:
            groups.setdefault(slug(group), group)
            facts["group"] = slug(group)
        if since:
            facts["since"] = since.isoformat()
        id, number = slug(name), 2
        while f"components/{id}.yml" in result:
            id, number = f"{slug(name)}-{number}", number + 1
        result[f"components/{id}.yml"] = _record("component", facts)
    if groups:
        listed = [{"id": id, "name": name} for id, name in groups.items()]
        result["components/_groups.yml"] = _record("groups", listed)
    return result


def _record(kind: str, facts: Mapping[str, object] | Sequence[object]) -> str:
    return f"# yaml-language-server: $schema=../schema/{file_name(kind)}\n{spelling.write(facts)}"


def _filled(name: str, told: Mapping[str, str]) -> str:
    """Return one of our texts, with `<<name>>` filled in: other braces belong to YAML and CI."""
    result = files("stillup.pipeline.layout").joinpath("files", name).read_text(encoding="utf-8")
    for key, value in told.items():
        result = result.replace(f"<<{key}>>", value)
    return result
