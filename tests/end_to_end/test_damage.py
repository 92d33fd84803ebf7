"""Whatever happens to what a build keeps, the next one makes the page that a build makes which knows nothing."""

import random

import pytest

from stillup.errors import StillupError
from stillup.pipeline.building.run import Run
from tests.end_to_end.damage import SEAL, TEXTS, Bench, is_noticed
from tests.end_to_end.page import Site

pytestmark = pytest.mark.needs("mkdocs")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("damage"))


def test_what_is_not_damaged_is_believed(bench):
    built = bench.built({})

    assert bench.site.tree() == bench.wanted
    assert built.anew == ""
    assert built.written < len(bench.wanted)


@pytest.mark.parametrize("seed", range(12))
def test_damage_changes_no_page(seed, bench):
    what, damaged = bench.damage(random.Random(seed))
    bench.built(damaged)

    assert bench.site.tree() == bench.wanted, what


def test_a_damaged_index_says_what_it_said_or_notices(bench, tmp_path):
    truth = bench.truth(tmp_path)
    noticed = [is_noticed(tmp_path, bench, bench.damage(random.Random(seed))[1], truth) for seed in range(200)]

    assert not is_noticed(tmp_path, bench, {}, truth)
    assert sum(noticed) > 100


def test_a_page_of_texts_that_moved_within_its_file_is_noticed(bench):
    """A text that was made of a record had no seal any more, and passed for one that was never sealed."""
    what, damaged = bench.damage(random.Random(1124))
    bench.built(damaged)

    assert bench.site.tree() == bench.wanted, what


def test_one_bit_of_what_records_are_chosen_by_is_noticed(bench):
    body = bytearray(bench.files["index.sqlite"])
    body[body.rindex(b"case-0042") + 8] ^= 1

    assert bench.built({"index.sqlite": bytes(body)}).anew == "the index was damaged"
    assert bench.site.tree() == bench.wanted


def test_texts_without_a_row_that_is_asked_for_are_noticed(bench):
    body = bench.files[TEXTS].replace(b'"message":"Done."', b'"message":"Dome."')

    assert body != bench.files[TEXTS]
    assert bench.built({TEXTS: body}).anew == "the index was damaged"
    assert bench.site.tree() == bench.wanted


@pytest.mark.parametrize("seed", range(3))
def test_a_template_that_was_compiled_and_damaged_is_compiled_again(seed, bench):
    chance = random.Random(seed)
    kept = [*(bench.site.root / ".stillup/site/templates").iterdir()]
    for path in kept:
        body = bytearray(path.read_bytes())
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        path.write_bytes(body)

    assert len(kept) > 5
    assert bench.built({}).anew == ""
    assert bench.site.tree() == bench.wanted


def test_an_index_that_was_not_sealed_is_not_believed(bench):
    bench.built({SEAL: b""})

    assert bench.site.tree() == bench.wanted


def test_damage_that_is_met_too_late_is_said_once(tmp_path):
    """A command that has begun to tell others cannot begin again; the one after it can."""
    site = Site.make(tmp_path / "root")
    site.build()
    own, kept = site.tree(), site.root / ".stillup" / "site"
    texts = (kept / TEXTS).read_bytes()
    (kept / TEXTS).write_bytes(texts.replace(b"Mail was late", b"Mail was lame"))

    with (
        pytest.raises(StillupError, match=r"damaged, and was thrown away. Run the command again\."),
        Run(site.root, at=site.at, site_dir=site.root / "site", work=kept, live=False) as run,
    ):
        run.index.one("closed")

    assert site.build().anew
    assert site.tree() == own
