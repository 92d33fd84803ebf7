"""Settings from `mkdocs.yml`, in every form that MkDocs takes."""

import re
from datetime import timedelta

import pytest

from stillup.records import configuration
from stillup.records.ledger import Lateness
from stillup.records.outlet import ChannelSettings, EmailOutlet, WebOutlet
from stillup.records.settings import Settings, Support, Weights
from stillup.records.target import DeployTarget
from tests.records.build import write


def settings(root, text, environment=None, **more) -> Settings:
    write(root, {"mkdocs.yml": text, **more})
    found, problems = configuration.settings(root, environment or {})
    assert [str(problem) for problem in problems] == []
    return found


def test_every_setting_is_read(tmp_path):
    found = settings(
        tmp_path,
        """\
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com
site_description: Current state.
plugins:
  - search
  - stillup:
      enabled: true
      organisation: Advancia
      team: The night shift
      timezone: Europe/Berlin
      history_days: 60
      languages: [en, pt-BR, "no"]
      show_severity: true
      uptime: {partial_outage: 0.25}
      cadence: {P0: 20m, P3: 2d}
      support: {url: https://support.example.com, email: support@example.com}
      subscribe: {email: https://subscribe.example.com/email}
      brand: "#ABC"
      logo: logo.svg
      private: ../private
      code: 0qbwn08sd68x
      lateness: {update: 6h}
      channels:
        email: {via: smtp, host: localhost, port: 25, security: starttls, from: "Advancia <status@example.com>"}
        webhook: {}
      ledger: sqlite:.stillup/ledger.sqlite
      intranet: [Hooks.example.com]
      deploy: [{folder: /srv/status}]
""",
    )

    assert (found.site_url, found.organisation, found.team) == (
        "https://status.example.com/",
        "Advancia",
        "The night shift",
    )
    assert (found.timezone, found.history_days, found.languages) == ("Europe/Berlin", 60, ("en", "pt-BR", "no"))
    assert found.uptime == Weights(partial_outage=250, major_outage=1000)
    assert found.cadence == {
        "P0": timedelta(minutes=20), "P1": timedelta(minutes=30), "P2": timedelta(hours=4), "P3": timedelta(days=2),
        "disaster": timedelta(minutes=15),
    }  # fmt: skip
    assert found.support == Support(url="https://support.example.com", email="support@example.com")
    assert (found.brand, found.brand_dark, found.logo, found.private) == (
        "#aabbcc",
        "#9cc4f6",
        "logo.svg",
        "../private",
    )
    assert found.show_severity
    assert (found.lateness, found.ledger) == (Lateness(update=timedelta(hours=6)), "sqlite:.stillup/ledger.sqlite")
    assert found.channels == ChannelSettings(
        email=EmailOutlet(port=25, sender="Advancia <status@example.com>"), webhook=WebOutlet()
    )
    assert found.channels.names() == ("email", "webhook")
    assert (found.deploy, found.intranet) == ((DeployTarget(folder="/srv/status"),), ("hooks.example.com",))


@pytest.mark.parametrize(
    "plugins",
    [
        "[stillup]",
        "[search, stillup: {}]",
        "{stillup: {}}",
        "{search: {}, stillup: }",
        "stillup",
        "\n  - stillup:\n  - search",
    ],
)
def test_the_plugin_may_be_listed_in_any_form(tmp_path, plugins):
    assert settings(tmp_path, f"site_name: Status\nplugins: {plugins}\n") == Settings()


def test_without_a_file_the_defaults_hold_with_a_note(tmp_path):
    found, problems = configuration.settings(tmp_path)

    assert found == Settings()
    assert [str(problem) for problem in problems] == [
        "mkdocs.yml:1:1: warning: There is no mkdocs.yml, so every setting has its default. "
        "Write site_name: and site_url: into it."
    ]


def test_what_is_not_ours_is_not_judged(tmp_path):
    found = settings(
        tmp_path,
        """\
site_name: &name Status
copyright: *name
strict: yes
theme: {name: material, features: [a, a], font: no}
extra: {a: 1, a: 2, version: 010}
markdown_extensions:
  - pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji ''}
  - pymdownx.snippets: {base_path: !relative $config_dir}
hooks: !custom [x]
plugins:
  - stillup: {organisation: *name}
""",
    )

    assert (found.site_name, found.organisation) == ("Status", "Status")


@pytest.mark.parametrize(
    ("written", "environment", "expected"),
    [
        ("!ENV ORG", {"ORG": "Advancia"}, "Advancia"),
        ("!ENV [ORG, COMPANY]", {"ORG": "Advancia"}, "Advancia"),
        ("!ENV [ORG, COMPANY, Nobody]", {"COMPANY": "Pay"}, "Pay"),
        ("!ENV [ORG, COMPANY, Nobody]", {}, "Nobody"),
    ],
)
def test_the_environment_is_asked_as_mkdocs_asks_it(tmp_path, written, environment, expected):
    text = f"site_name: Status\nplugins:\n  - stillup: {{organisation: {written}}}\n"

    assert settings(tmp_path, text, environment).organisation == expected


def test_a_variable_is_read_as_yaml(tmp_path):
    text = "site_name: Status\nplugins:\n  - stillup: {show_severity: !ENV [SHOW, false], history_days: !ENV DAYS}\n"

    found = settings(tmp_path, text, {"SHOW": "true", "DAYS": "30"})

    assert (found.show_severity, found.history_days) == (True, 30)


@pytest.mark.parametrize("word", ["on", "0123", "1:30", "+15550100100", "0x10"])
def test_a_variable_that_yaml_could_read_in_two_ways_is_a_text(tmp_path, word):
    text = "site_name: !ENV X\nplugins:\n  - stillup: {organisation: !ENV X}\n"

    found = settings(tmp_path, text, {"X": word})

    assert (found.site_name, found.organisation) == (word, word)


def test_what_a_variable_cannot_be_is_told_with_its_name_and_what_helps(tmp_path):
    options = "{show_severity: !ENV [NONE, SHOW], history_days: !ENV DAYS, organisation: !ENV ORG}"
    write(tmp_path, {"mkdocs.yml": f"site_name: Status\nplugins:\n  - stillup: {options}\n"})

    told = configuration.settings(tmp_path, {"NONE": "on", "DAYS": "0123", "ORG": "12"})[1]

    assert [str(problem).partition("stillup.")[2] for problem in told] == [
        'show_severity: In the environment, NONE: "on" is neither true nor false. Write true or false.',
        'history_days: In the environment, DAYS: "0123" is not a whole number. Write a whole number.',
        "organisation: In the environment, ORG: 12 is not read as text. Write it here in quotes, in place of !ENV.",
    ]


def test_a_variable_that_is_not_set_is_a_missing_value(tmp_path):
    write(tmp_path, {"mkdocs.yml": "site_name: Status\nplugins:\n  - stillup: {organisation: !ENV ORG}\n"})

    assert [str(problem) for problem in configuration.settings(tmp_path, {})[1]] == [
        "mkdocs.yml:3:29: plugins[0].stillup.organisation: There is no value here. Write one, or leave the line out."
    ]


def test_inherited_settings_are_merged_as_mkdocs_merges_them(tmp_path):
    options = "{timezone: UTC, support: {url: https://a.example.com}}"
    base = f"site_name: Base\nsite_description: From the base.\nplugins:\n  stillup: {options}\n"
    options = "{timezone: Asia/Tokyo, support: {email: a@example.com}}"
    heir = f"INHERIT: shared/base.yml\nsite_name: Heir\nplugins:\n  stillup: {options}\n"

    found = settings(tmp_path, heir, **{"shared/base.yml": base})

    assert (found.site_name, found.site_description, found.timezone) == ("Heir", "From the base.", "Asia/Tokyo")
    assert found.support == Support(url="https://a.example.com", email="a@example.com")


def test_a_list_of_plugins_replaces_the_inherited_one(tmp_path):
    base = "plugins:\n  - stillup: {timezone: Asia/Tokyo, organisation: Base}\n"
    heir = "INHERIT: base.yml\nsite_name: Heir\nplugins:\n  - stillup: {organisation: Heir}\n"

    found = settings(tmp_path, heir, **{"base.yml": base})

    assert (found.timezone, found.organisation) == ("UTC", "Heir")


def test_faults_name_the_file_they_stand_in(tmp_path):
    write(
        tmp_path,
        {
            "mkdocs.yml": "INHERIT: base.yml\nsite_name: Heir\n",
            "base.yml": "plugins:\n  - stillup: {timezon: UTC}\n",
        },
    )

    assert [str(problem) for problem in configuration.settings(tmp_path, {})[1]] == [
        'base.yml:2:15: plugins[0].stillup.timezon: "timezon" is not a key of the settings. Did you mean timezone?'
    ]


def test_what_is_faulty_has_its_default_and_the_rest_is_kept(tmp_path):
    write(tmp_path, {"mkdocs.yml": "site_name: S\nplugins:\n  - stillup: {timezone: Mars, organisation: Advancia}\n"})

    found, problems = configuration.settings(tmp_path, {})

    assert (found.timezone, found.organisation) == ("UTC", "Advancia")
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site_url: https://status.example.com/?a=1\nplugins: [stillup]\n", "site_url: .* more than where the page is"),
        ("site_url: 'https://me:x@example.com/'\nplugins: [stillup]\n", "site_url: .* more than where the page is"),
        ("site_url: 'https://[::1'\nplugins: [stillup]\n", r"site_url: .* is not a web address"),
        ("site_url: 'https://[status]/'\nplugins: [stillup]\n", r"site_url: .* is not a web address"),
        ("site_url: 'https://example.com:99999/'\nplugins: [stillup]\n", r"site_url: .* is not a web address"),
        ("plugins: [{stillup: {logo: ../secret.svg}}]\n", "1:28: .*logo: .* is not the path of an SVG or PNG."),
        ("plugins: [{stillup: {logo: logo.txt}}]\n", "logo: .* is not the path of an SVG or PNG."),
        ("site_name: [a]\nplugins: [stillup]\n", "site_name: A list is not read as text. Write a text."),
        ("plugins: [{stillup: {ledger: 'sqlite:site/l.sqlite'}}]\n", "ledger: .* is published, or made anew"),
    ],
)
def test_a_place_that_no_page_or_ledger_can_have_is_refused(tmp_path, text, said):
    write(tmp_path, {"mkdocs.yml": text})

    assert any(re.search(said, str(problem)) for problem in configuration.settings(tmp_path, {})[1])


def test_a_page_below_a_host_is_told_that_clients_will_not_find_its_api(tmp_path):
    write(tmp_path, {"mkdocs.yml": "site_url: https://example.com/status/\nplugins: [stillup]\n"})
    found, problems = configuration.settings(tmp_path, {})

    assert found.site_url == "https://example.com/status/"
    assert [(problem.level, problem.line, problem.column, problem.code) for problem in problems] == [
        ("warning", 1, 11, "sub-path")
    ]
