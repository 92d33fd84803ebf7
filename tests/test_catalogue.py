"""Every fixed word: there, whole, and natural."""

import re
import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup import catalogue
from stillup.catalogue import INSIDE, LANGUAGES, UnknownWords, language, words
from stillup.vocabulary import ComponentStatus, UpdateStatus

ENGLISH = words("en")
_KEYS = re.compile(r"""^ +"([a-z_0-9]+(?:\.[a-z_0-9]+)+)":""", re.MULTILINE).findall
PACKAGE = Path(catalogue.__file__).parent.parent
AT = datetime(2026, 11, 20, 10, 5, tzinfo=ZoneInfo("UTC"))


def fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_each_language_is_whole(code):
    own, english = language(code), language("en")
    plain = re.compile(r"\.(one|other|zero|few|many|two)$")
    theirs = {plain.sub("", key) for key in own.phrases}
    wanted = {plain.sub("", key) for key in english.phrases}
    counted = {plain.sub("", key) for key in english.phrases if key.endswith(".other")}
    groups = {key.split(".")[0] for key in theirs}

    # What only insiders read may be missing, but never a part of it: one message never speaks two languages.
    assert theirs == {key for key in wanted if key.split(".")[0] not in INSIDE - groups}
    for key in counted & theirs:
        assert all(f"{key}.{own.plural(n)}" in own.phrases for n in range(200)), key
    assert [len(names) for names in (own.months, own.short_months, own.lone_months)] == [12, 12, 12]
    assert [len(names) for names in (own.weekdays, own.many_weekdays, own.short_weekdays)] == [7, 7, 7]
    assert len(own.numbers) in (0, 13)


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_months_and_days_are_written_in_the_script_of_the_language(code):
    own = language(code)
    names = (own.months, own.short_months, own.lone_months, own.weekdays, own.short_weekdays)
    scripts = {unicodedata.name(letter).split()[0] for each in names for letter in "".join(each) if letter.isalpha()}

    assert len(scripts) == 1


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_each_language_puts_in_what_english_puts_in(code):
    """A field that is lost is a fact that is lost: when, who, how many. A number may be in the word itself."""
    own, english = language(code), language("en")
    of_cldr = ("date.", "list.", "length.", "duration.")
    for key, phrase in own.phrases.items():
        base, _, form = key.rpartition(".")
        same = english.phrases.get(key) or english.phrases[f"{base}.other"]
        if not key.startswith(of_cldr):
            number = {"n", "number"} if f"{base}.other" in english.phrases else set()
            assert fields(phrase) - number == fields(same) - number, key
            assert form not in ("few", "many", "other") or not number & fields(same) or number & fields(phrase), key


def test_each_key_that_a_template_or_a_view_asks_for_is_there():
    asked = re.compile(r"""\b(?:say|phrase|count)\(\s*["']([a-z_]+(?:\.[a-z_]+)+)["']\s*[,)]""")
    missing = {
        f"{path.relative_to(PACKAGE)}: {key}"
        for path in PACKAGE.rglob("*")
        if path.suffix in {".html", ".py", ".j2", ".txt", ".xml"}
        for key in asked.findall(path.read_text(encoding="utf-8"))
        if not ENGLISH.has(key) and not ENGLISH.has(f"{key}.other")
    }

    assert not missing


def test_no_two_rooms_have_words_of_one_key():
    """Of two the one would be said where the other is meant."""
    files = (PACKAGE / "catalogue").glob("english*.py")
    keys = Counter(key for file in files for key in set(_KEYS(file.read_text(encoding="utf-8"))))

    assert len(keys) > 300
    assert [key for key, count in keys.items() if count > 1] == []


def test_each_status_has_its_words():
    for status in UpdateStatus:
        assert ENGLISH.say(f"status.{status}")
        assert ENGLISH.has(f"kick.{status}")
    assert len({ENGLISH.say(f"state.{key}") for key in ("ok", "degraded", "partial", "major", "maint", "none")}) == 6
    assert len(ComponentStatus) == 5


def test_a_missing_key_is_an_error_that_names_it():
    with pytest.raises(UnknownWords, match=r"no words for 'fact\.sense' in the language 'en'"):
        ENGLISH.say("fact.sense")
    with pytest.raises(UnknownWords, match=r"'fact\.by' \(en\) needs 'time'"):
        ENGLISH.say("fact.by", tim="x")


def test_a_missing_language_is_an_error_that_names_those_there_are():
    with pytest.raises(UnknownWords, match=r"no words in the language 'tlh'; there are .*en"):
        words("tlh")
    assert words("en-GB").language == "en"


def test_what_people_wrote_is_not_read_as_a_field():
    assert ENGLISH.say("home.plain", title="{0} {x}") == "{0} {x}."


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@pytest.mark.parametrize(
    "title", ["Is it done?", "支払いはできますか？", "هل انتهى؟", "Cut\u2026", "\u2068Over!\u2069"]
)
def test_what_ends_with_a_mark_gets_no_full_stop(code, title):
    phrases = {key: phrase for key, phrase in language(code).phrases.items() if re.search(r"\{title\}[.。]", phrase)}

    assert "home.plain" in phrases
    for key, phrase in phrases.items():
        others = dict.fromkeys(fields(phrase), "x")
        bare = re.sub(r"\{title\}[.。]", title, phrase).format(**others)
        assert words(code).say(key, **{**others, "title": title}) == bare
        assert words(code).say(key, **{**others, "title": "Over"}) == phrase.format(**{**others, "title": "Over"})


@pytest.mark.parametrize(
    ("names", "joined"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_names_are_joined_as_in_a_sentence(names, joined):
    assert ENGLISH.join(names) == joined


@given(st.lists(st.text(alphabet="ABC", min_size=1), max_size=9), st.integers(2, 5))
def test_a_long_list_counts_the_rest(names, most):
    shown = ENGLISH.joined(names, most)

    assert shown == ", ".join(names) if len(names) <= most else shown.endswith(f" and {len(names) - most + 1} more")


@pytest.mark.parametrize(
    ("minutes", "short", "long"),
    [
        (0, "less than a minute", "less than a minute"),
        (1, "1 min", "1 minute"),
        (30, "30 min", "30 minutes"),
        (60, "1 h", "1 hour"),
        (95, "1 h 35 min", "1 hour 35 minutes"),
        (24 * 60, "24 h", "24 hours"),
        (47 * 60 + 59, "47 h 59 min", "47 hours 59 minutes"),
        (48 * 60, "2 d", "2 days"),
        (51 * 60 + 30, "2 d 3 h", "2 days 3 hours"),
    ],
)
def test_durations_have_two_units_at_most(minutes, short, long):
    assert ENGLISH.duration(timedelta(minutes=minutes)) == short
    assert ENGLISH.length(minutes * 60) == long


@pytest.mark.parametrize(
    ("hundredths", "shown"), [(10000, "100 %"), (9996, "99.96 %"), (9950, "99.5 %"), (7, "0.07 %"), (0, "0 %")]
)
def test_percentages_are_not_padded(hundredths, shown):
    assert ENGLISH.percent(hundredths) == shown


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("day", "20 Nov"),
        ("day_year", "20 Nov 2026"),
        ("weekday", "Fri 20 Nov"),
        ("weekday_year", "Fri 20 Nov 2026"),
        ("weekday_day", "Fri 20"),
        ("long", "20 November"),
        ("long_year", "20 November 2026"),
        ("full", "Friday 20 November 2026"),
        ("month", "November 2026"),
        ("short_month", "Nov 2026"),
    ],
)
def test_dates_come_in_these_forms(form, shown):
    assert ENGLISH.date(AT.date(), form) == shown
    assert ENGLISH.date(AT, form) == shown


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "10:05 UTC"),
        ("Europe/Berlin", "11:05 CET"),
        ("America/New_York", "05:05 EST"),
        ("America/Sao_Paulo", "07:05 UTC-3"),
        ("Asia/Kathmandu", "15:50 UTC+5:45"),
        ("Europe/Istanbul", "13:05 UTC+3"),
    ],
)
def test_a_time_names_its_zone_and_a_number_reads_as_utc_plus(zone, shown):
    assert ENGLISH.clock(AT.astimezone(ZoneInfo(zone))) == shown


def test_a_moment_has_date_time_and_zone():
    assert ENGLISH.moment(AT) == "Fri 20 Nov 2026, 10:05 UTC"
    assert ENGLISH.moment(AT, "day") == "20 Nov, 10:05 UTC"


@pytest.mark.parametrize(
    ("first", "last", "shown", "short"),
    [
        (date(2026, 11, 10), date(2026, 11, 19), "10 to 19 Nov", "10 to 19"),
        (date(2026, 10, 30), date(2026, 11, 5), "30 Oct to 5 Nov", None),
        (date(2026, 11, 4), date(2026, 11, 4), "4 Nov", "4"),
    ],
)
def test_spans_of_days_say_a_month_once(first, last, shown, short):
    assert ENGLISH.days(first, last) == shown
    if short:
        assert ENGLISH.days(first, last, month=False) == short


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))
def test_any_time_in_any_zone_can_be_told(moment):
    assert re.search(r"\d\d:\d\d [A-Z][A-Za-z]*([+-]\d+(:\d\d)?)?$", ENGLISH.moment(moment))
