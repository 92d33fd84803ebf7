"""No pattern of ours can be made to look for ever, and no name that looks like another is taken for it."""

import json
import subprocess
import sys
import time

import pytest

from stillup.errors import RecordError
from stillup.records import store
from stillup.records.reading import read

SECONDS = 60
"""CPU of the process that tries all patterns: what backtracks without end meets it, whatever else the machine does."""

LENGTH = 1000
"""Letters of an attack: what takes the square of them is quick, what takes the cube or more is not."""

TRIAL = """
import importlib, json, pkgutil, re, resource, sys, time
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
import stillup

def patterns():
    for found in pkgutil.walk_packages(stillup.__path__, "stillup."):
        if found.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            pattern = value if isinstance(value, re.Pattern) else getattr(value, "__self__", None)
            if isinstance(pattern, re.Pattern):
                yield f"{{found.name}}.{{name}}", pattern, value if callable(value) else pattern.search

def attacks(pattern):
    bits = [*" \\n\\ta0A-.<[(\\"'*_/:", "a ", "a.", "a-", "0.", "<a", "[a](", "a@", "\\n- ", "&#", "{{{{< "]
    for bit in bits:
        yield bit * ({length} // len(bit)) + "\\0"

slow, tried = {{}}, {{}}
for name, pattern, look in patterns():
    if pattern in tried:
        continue
    tried[pattern] = name
    print(json.dumps(name), flush=True)
    began = time.process_time()
    for attack in attacks(pattern):
        said = attack if isinstance(pattern.pattern, str) else attack.encode()
        once = time.process_time()
        look(said)
        took = time.process_time() - once
        if took > 1.0:
            slow[name] = took
            break
print(json.dumps({{"tried": len(tried), "slow": slow}}))
"""


def test_no_pattern_backtracks_without_end():
    script = TRIAL.format(seconds=SECONDS, length=LENGTH)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"stuck in {done.stdout.splitlines()[-1:]} {done.stderr[-500:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["slow"] == {}
    assert found["tried"] > 100


@pytest.mark.parametrize("id", ["p\u0430yments", "payments\u200b", "\uff50ayments", "PAYMENTS", "payments\u0301"])
def test_a_name_that_looks_like_another_is_no_name(id, tmp_path):
    """A Cyrillic letter, a letter of no width, a wide one, capitals, an accent: none is the component `payments`."""
    for path, text in {
        "components/payments.yml": "name: Payments\n",
        "incidents/a.yml": "title: It fails\nupdates:\n  - at: 2026-11-20T10:00:00Z\n    status: investigating\n"
        f"    components: {{{id}: major_outage}}\n    body: We look.\n",
    }.items():
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text(text, encoding="utf-8")

    with pytest.raises(RecordError) as told:
        store.load(tmp_path)

    assert told.value.problems[0].file == "incidents/a.yml"


def test_a_text_of_many_digits_is_read_in_a_moment():
    """It once took the square of its length: minutes for the largest record that may be."""
    began = time.process_time()

    document, problems = read(b"title: " + b"9" * 200_000 + b"\n", "incidents/x.yml")

    assert document is not None or problems
    assert time.process_time() - began < 3
