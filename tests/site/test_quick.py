"""The quick environment prints what Jinja's own prints."""

from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader
from markupsafe import Markup

from stillup.site.quick import QuickEnvironment

TEMPLATES = {
    "page": "{% from 'macro' import said %}{{ v }} {{ v ~ '<' }} {{ said(v) }} {% include 'part' %} {{ fixed }}",
    "part": "{% for each in [v, v] %}{{ loop.index }}{{ each }}{% endfor %}{{ v | length if v is string else v }}",
    "macro": "{% macro said(x) %}<b>{{ x }}</b>{{ fixed }}{% endmacro %}",
}


def printed(kind: type[Environment], value: Any) -> str:
    environment = kind(loader=DictLoader(TEMPLATES), autoescape=True)
    environment.globals["fixed"] = "a & b"
    return environment.get_template("page", globals={"more": 1}).render(v=value)


@pytest.mark.parametrize("value", ["plain", "<i> & 'x' \"y\"", Markup("<i>safe</i>"), "", 7, None, ["<", Markup("<")]])
def test_every_value_is_printed_and_escaped_alike(value):
    assert printed(QuickEnvironment, value) == printed(Environment, value)


def test_only_a_template_of_ours_may_take_a_key_for_an_attribute(tmp_path):
    for folder in ("ours", "theirs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{folder}.html").write_text("{{ v.name }} {{ 'one word'.upper() }}")
    environment = QuickEnvironment(loader=FileSystemLoader([tmp_path / "ours", tmp_path / "theirs"]), autoescape=True)
    environment.direct = str(tmp_path / "ours")

    assert environment.get_template("theirs.html").render(v={"name": "a key"}) == "a key ONE WORD"
    assert environment.get_template("ours.html").render(v=SimpleNamespace(name="<")) == "&lt; ONE WORD"
    with pytest.raises(AttributeError):
        environment.get_template("ours.html").render(v={"name": "a key"})
