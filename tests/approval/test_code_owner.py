"""CODEOWNERS is read as the code hosts read it."""

import pytest

from stillup.pipeline.approval.code_owner import fits, owners, stands_for


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("*", ("a.yml", "incidents/2026/a.yml"), ()),
        ("*.yml", ("a.yml", "incidents/2026/a.yml"), ("a.yaml",)),
        ("/incidents/", ("incidents/a.yml", "incidents/2026/a.yml"), ("old/incidents/a.yml", "incidents")),
        ("incidents/", ("incidents/a.yml", "old/incidents/a.yml"), ("incidents",)),
        ("incidents", ("incidents/a.yml", "old/incidents/2026/a.yml"), ("incidents-old/a.yml",)),
        ("incidents/*", ("incidents/a.yml",), ("incidents/2026/a.yml", "old/incidents/a.yml")),
        ("/incidents/**", ("incidents/a.yml", "incidents/2026/a.yml"), ("a.yml",)),
        ("**/2026", ("2026/a.yml", "incidents/2026/a.yml"), ("incidents/2027/a.yml",)),
        ("incidents/**/a.yml", ("incidents/a.yml", "incidents/2026/11/a.yml"), ("incidents/b.yml",)),
        ("/incidents/202?/", ("incidents/2026/a.yml",), ("incidents/20266/a.yml",)),
        ("/a\\ b.yml", ("a b.yml",), ("a",)),
        ("a.yml", ("a.yml", "x/a.yml"), ("axyml",)),
    ],
)
def test_a_pattern_means_what_it_means_to_the_host(pattern, inside, outside):
    assert [path for path in inside if not fits(pattern, path)] == []
    assert [path for path in outside if fits(pattern, path)] == []


def test_the_last_line_that_fits_decides_and_one_without_names_frees():
    text = (
        "# All\n*  @everybody # by default\n/incidents/ @leads mail@example.com\n/incidents/_drafts/\n!/incidents/x\n"
    )

    assert owners(text, "mkdocs.yml") == ("@everybody",)
    assert owners(text, "incidents/2026/a.yml") == ("@leads", "mail@example.com")
    assert owners(text, "incidents/_drafts/a.yml") == ()


def test_each_section_of_gitlab_decides_for_itself():
    text = "* @all\n[Words] @writers\n/incidents/\n^[Law][2]\n/incidents/breach.yml @legal\n"

    assert owners(text, "incidents/a.yml") == ("@all", "@writers")
    assert owners(text, "incidents/breach.yml") == ("@all", "@writers", "@legal")


def test_an_address_that_the_host_made_is_the_name_it_was_made_of():
    assert stands_for("@octavia", "12345+Octavia@users.noreply.github.com")
    assert stands_for("@octavia", "77-octavia@users.noreply.gitlab.com")
    assert stands_for("Lead@example.com", "lead@example.com")
    assert not stands_for("@octavia", "octavia@example.com")
    assert not stands_for("@octavia", "12345+octavia@users.noreply.github.com.example.com")
    assert not stands_for("@octavia", "other@users.noreply.github.com")
