"""The settings of the page, from `plugins: - stillup:` and the first lines of `mkdocs.yml`.

MkDocs is not imported: the command line reads the settings without a theme or a plugin being there.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stillup.errors import Level, Problem
from stillup.records.document import Document, Loc, spelled
from stillup.records.field import page_address
from stillup.records.mkdocs_file import SettingsFile, read_chain
from stillup.records.refusal import Unusable, shown
from stillup.records.settings import CADENCE, Settings, SettingsFacts, WrittenSettings

NAMES = ("mkdocs.yml", "mkdocs.yaml")
"""What MkDocs looks for."""

SITE = ("site_name", "site_url", "site_description")
"""Settings of MkDocs that are ours too."""

PLANNED = ("severities", "severity_rules", "escalation", "triggers", "regimes", "drills", "breach_notice")
"""Settings of the incident plan, which have shapes of their own: few runs need them."""

_SECRET = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|token|api_?key|private_key|signing_key|credentials?)(?:$|_)"
).search
_LOGIN = re.compile(r"://[^/\s:@]*:[^/\s@]+@").search


def settings(root: Path, environment: Mapping[str, str] = os.environ) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings and what is wrong with them; whatever cannot be used has its default.

    `environment` is what `!ENV` looks into. Without a `mkdocs.yml` all defaults hold, and a warning says so.
    """
    path = name(root)
    if not (root / path).is_file():
        note = "There is no mkdocs.yml, so every setting has its default."
        return Settings(), (_warning(path, note, "Write site_name: and site_url: into it."),)
    chain, broken = read_chain(root, path, environment)
    problems = list(broken)
    options: dict[str, Any] = {}
    found = False
    for file in chain:
        loc = _options(file, problems)
        if loc is None:
            if isinstance(file.value.get("plugins"), list):
                options, found = {}, False  # a list replaces the inherited one, as in MkDocs
            continue
        written = _at(file.document, loc)
        written = written if isinstance(written, dict) else {}
        own = isinstance(file.value.get("plugins"), list)
        options = written if own else _merged(options, written)
        found = True
        problems += _faults(file, loc)
    if not found and not broken:
        fix = "Write - stillup below plugins:."
        problems.append(_warning(path, "The plugin stillup is not listed, so its settings have their defaults.", fix))
    result = _settings(chain, options, problems)
    if result.serve.url and all(each.level is not Level.ERROR for each in problems):
        from stillup.records.sending import unserved

        for place, message, fix in unserved(result):
            at = _placed(chain, place)
            problems.append(replace(at, level=Level.WARNING, code="serve", message=message, fix=fix))
    return result, tuple(sorted(problems))


def name(root: Path) -> str:
    """Return the name of the settings file at `root`, as MkDocs would choose it."""
    return next((name for name in NAMES if (root / name).is_file()), NAMES[0])


def folder(root: Path, key: str) -> str:
    """Return one of MkDocs' folders, counted from the root: `site_dir`, by default `site`, or `docs_dir`, `docs`."""
    default = key.removesuffix("_dir")
    if not (root / name(root)).is_file():
        return default
    chain, _ = read_chain(root, name(root), os.environ)
    written = next((file.value[key] for file in reversed(chain) if key in file.value), None)
    return written if isinstance(written, str) and written.strip() else default


def plugins(root: Path) -> frozenset[str]:
    """Return the names of the MkDocs plugins that the page uses, without their theme's prefix.

    Without a `mkdocs.yml` they are those with which `stillup build` runs MkDocs then.
    """
    if not (root / name(root)).is_file():
        return frozenset({"search", "stillup"})
    chain, _ = read_chain(root, name(root), os.environ)
    written = next((file.value["plugins"] for file in reversed(chain) if "plugins" in file.value), ["search"])
    entries = written if isinstance(written, list) else list(written) if isinstance(written, dict) else [written]
    names = [str(next(iter(entry), "")) if isinstance(entry, dict) else str(entry) for entry in entries]
    return frozenset(each.removeprefix("material/") for each in names)


def unframed(root: Path) -> Iterator[Problem]:
    """Yield what keeps MkDocs from making the page's frame: another theme than Material, or no folder of pages."""
    path = name(root)
    if not (root / path).is_file():
        return
    chain, _ = read_chain(root, path, os.environ)
    themed = [file for file in chain if "theme" in file.value]
    names = [_theme(file.value["theme"]) for file in themed]
    if not any(names) or names[-1] not in (None, "material"):
        at = themed[-1].document.problem(("theme",), "") if themed else Problem(file=path, line=1, column=1, message="")
        said = "Status pages stand in the frame of the theme Material, and this is another one."
        said = said if themed else "No theme is set, and status pages stand in the frame of the theme Material."
        yield replace(at, field="theme", code="theme", message=said, fix="Write theme: {name: material, font: false}.")
    docs = folder(root, "docs_dir")
    if not (root / docs).is_dir():
        places = [file.document.problem(("docs_dir",), "") for file in chain if "docs_dir" in file.value]
        at = places[-1] if places else Problem(file=path, line=1, column=1, message="")
        said = f"There is no folder {docs}, in which MkDocs looks for Markdown pages."
        fix = f"Make it, with a page such as {docs}/about.md: git keeps no empty folder."
        yield replace(at, field="docs_dir", code="docs", message=said, fix=fix)


def overrides(root: Path) -> str:
    """Return the theme's folder of overrides, counted from the root; empty where it has none."""
    if not (root / name(root)).is_file():
        return ""
    chain, _ = read_chain(root, name(root), os.environ)
    themes = [file.value["theme"] for file in reversed(chain) if isinstance(file.value.get("theme"), dict)]
    written = next((theme["custom_dir"] for theme in themes if "custom_dir" in theme), None)
    return written if isinstance(written, str) and written.strip() else ""


def _theme(written: object) -> str | None:
    """Return the theme's name; None where a mapping names none and so keeps the inherited one."""
    if isinstance(written, dict):
        return str(written["name"] or "") if "name" in written else None
    return str(written or "")


def found(root: Path, key: str, value: str) -> Problem:
    """Return a problem without words where the settings say `key: value`."""
    chain, _ = read_chain(root, name(root), os.environ)
    for file in reversed(chain):
        loc = (*(_options(file, []) or ()), key)
        if file.document.at(loc) is not None:
            return file.document.problem(loc, "")
    return Problem(file=chain[-1].path, message="")


def placed(root: Path, *loc: str | int) -> Problem:
    """Return a problem without words at the setting `loc`, or at the nearest above it that is written."""
    if not (root / name(root)).is_file():
        return Problem(file=name(root), field=spelled(loc), message="")
    return _placed(read_chain(root, name(root), os.environ)[0], loc)


def _placed(chain: list[SettingsFile], loc: Loc) -> Problem:
    for length in range(len(loc), 0, -1):
        for file in reversed(chain):
            above = () if loc[0] in SITE else _options(file, [])
            whole = None if above is None else (*above, *loc[:length])
            if whole is not None and file.document.at(whole) is not None:
                return replace(file.document.problem(whole, ""), field=spelled(loc))
    return Problem(file=chain[-1].path, field=spelled(loc), message="")


def _options(file: SettingsFile, problems: list[Problem]) -> Loc | None:
    """Return where in `file` the options of the plugin stand, or would stand."""
    plugins = file.value.get("plugins")
    if isinstance(plugins, dict):
        return ("plugins", "stillup") if "stillup" in plugins else None
    if plugins == "stillup":
        return ("plugins",)
    places: list[Loc] = []
    for index, entry in enumerate(plugins if isinstance(plugins, list) else []):
        if entry == "stillup":
            places.append(("plugins", index))
        elif isinstance(entry, dict) and "stillup" in entry:
            places.append(("plugins", index, "stillup"))
            problems += [
                file.document.problem(
                    ("plugins", index, key),
                    "This stands beside stillup, not below it, so it is none of its settings.",
                    "Indent it by two more spaces.",
                    at_key=True,
                )
                for key in entry
                if key != "stillup"
            ]
    if len(places) > 1:
        problems.append(
            file.document.problem(
                places[1], "The plugin stillup stands here twice.", "Keep one of the two.", code="duplicate-key"
            )
        )
    return places[0] if places else None


def _at(document: Document, loc: Loc) -> Any:
    """Return the options at `loc`, None where the plugin stands there by name only."""
    value = document.at(loc)
    return value if value != "stillup" else None


def _faults(file: SettingsFile, loc: Loc) -> list[Problem]:
    """Return what is wrong with the options at `loc` of one file."""
    from stillup.records.sending import unfit
    from stillup.records.shape import shaped

    document, written = file.document, _at(file.document, loc)
    problems = file.problems(loc)
    if written is None:
        return problems
    own = {key: value for key, value in written.items() if key not in PLANNED} if isinstance(written, dict) else written
    found = [each for each in shaped(document, WrittenSettings, own, loc).problems if not _of_plan(each, loc)]
    if isinstance(written, dict) and len(own) < len(written):
        from stillup.records.plan import Plan

        planned = {key: value for key, value in written.items() if key in PLANNED}
        found += [each for each in shaped(document, Plan, planned, loc).problems if _of_plan(each, loc)]
    secrets = list(_secrets(document, written, loc))
    told = {problem.field for problem in secrets}
    problems += [file.traced(problem) for problem in found if problem.field not in told] + secrets
    if not problems:
        problems += unfit(document, written, loc)
    return problems


def _secrets(document: Document, written: object, loc: Loc) -> Iterator[Problem]:
    """Yield a problem for each value that must not be known to the public."""
    for place, value in _leaves(written, loc):
        key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
        if _SECRET(key) and value is not None:
            fix = "Put it into the environment (STILLUP_SMTP_PASSWORD and its like), and change it: it was readable."
            yield document.problem(
                place, "This is a secret, and mkdocs.yml is public.", fix, code="secret", at_key=True
            )
        elif isinstance(value, str) and _LOGIN(value):
            fix = "Leave it out of the address, put it into the environment, and change it: it was readable."
            yield document.problem(place, "There is a password in this address.", fix, code="secret")


def _of_plan(problem: Problem, loc: Loc) -> bool:
    """Whether a problem is about the plan: a line without a value is seen from both shapes."""
    prefix = spelled(loc)
    return re.split(r"[.\[]", problem.field.removeprefix(prefix).lstrip("."))[0] in PLANNED


def _leaves(value: object, loc: Loc) -> Iterator[tuple[Loc, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*loc, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*loc, index))
    else:
        yield loc, value


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return `new` over `old`, mapping by mapping, as MkDocs merges inherited settings."""
    result = dict(old)
    for key, value in new.items():
        before = result.get(key)
        result[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def _settings(chain: list[SettingsFile], options: dict[str, Any], problems: list[Problem]) -> Settings:
    from stillup.records.shape import shaped

    site: dict[str, Any] = dict.fromkeys(SITE, "")
    for file in chain:
        for key in site:
            value = file.value.get(key)
            if key in file.value and (key,) not in file.document.refused:
                site[key] = _site(file, key, value, problems)
            problems += file.problems((key,))
    planned = {key: options[key] for key in PLANNED if options.get(key) is not None}
    options = {key: value for key, value in options.items() if key not in PLANNED}
    written = shaped(Document("mkdocs.yml", options), WrittenSettings, options).value or WrittenSettings()
    facts = {key: getattr(written, key) for key in SettingsFacts.__dataclass_fields__}
    facts["cadence"] = {**CADENCE, **written.cadence}
    site["site_name"] = site["site_name"] or Settings().site_name
    return Settings(planned=planned, **site, **facts)


def _site(file: SettingsFile, key: str, value: object, problems: list[Problem]) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        fix = "Write a text." if isinstance(value, (dict, list)) else f'Quote it: "{shown(value)}".'
        problem = file.document.problem((key,), f"{shown(value)} is not read as text.", fix, code="type")
        problems.append(file.traced(problem))
        return ""
    if key != "site_url":
        return value.strip()
    try:
        found = page_address(value)
    except Unusable as error:
        problems.append(file.document.problem((key,), error.message, error.fix, code=error.code))
        return ""
    if found.count("/") > len("///"):
        message = "Clients of Statuspage look for api/v2/ at the root of a host, and this page has none of its own."
        fix = "Give it one, as in https://status.example.com/, if such clients are to read it."
        problems.append(file.document.problem((key,), message, fix, code="sub-path", level=Level.WARNING))
    return found


def _warning(file: str, message: str, fix: str) -> Problem:
    return Problem(file=file, level=Level.WARNING, code="defaults", message=message, fix=fix)
