"""The public figure of uptime, its group and its colour."""

from datetime import date, timedelta

from stillup.records.settings import Weights
from stillup.timeline.day import Day
from stillup.timeline.uptime import colour, group_days, group_uptime, uptime
from stillup.vocabulary import ComponentStatus


def day(number=1, *, partial=0, major=0, degraded=0, known=True, **more) -> Day:
    if not known:
        return Day(date=date(2026, 11, number), known=False)
    left = 86400 - partial - major - degraded
    return Day(date=date(2026, 11, number), seconds=(left, 0, degraded, partial, major), **more)


def test_a_second_of_major_outage_costs_one_and_of_partial_a_third_or_so():
    assert uptime([day(major=864)]) == 9900
    assert uptime([day(partial=2880)]) == 9900
    assert uptime([day(degraded=86400)]) == 10000


def test_the_figure_is_floored():
    assert uptime([day(major=1)]) == 9999
    assert uptime([day(), *[day()] * 89]) == 10000
    assert uptime([day(major=1), *[day()] * 89]) == 9999
    assert uptime([day(major=8640)]) == 9000
    assert uptime([day(major=8638, partial=7)]) == 8999


def test_the_figure_is_never_below_nought():
    longer = Day(date=date(2026, 10, 25), seconds=(0, 0, 0, 0, 90000))

    assert uptime([longer]) == 0


def test_only_known_days_count_and_without_one_there_is_no_figure():
    assert uptime([day(known=False), day(major=43200)]) == 5000
    assert uptime([day(known=False)]) is None
    assert uptime([]) is None


def test_today_counts_as_a_whole_day():
    today = Day(date=date(2026, 11, 20), seconds=(0, 0, 0, 0, 8640))

    assert uptime([today]) == 9000


def test_weights_are_a_setting():
    assert uptime([day(partial=8640)], Weights(partial_outage=500)) == 9500


def test_a_groups_day_is_the_floored_mean_of_its_children():
    (mean,) = group_days([[day(partial=100, major=5)], [day(partial=1)], [day()]])

    assert (mean.partial, mean.major, sum(mean.seconds)) == (33, 1, 86400)


def test_a_child_without_data_still_divides():
    (mean,) = group_days([[day(major=100)], [day(known=False)]])

    assert (mean.known, mean.major) == (True, 50)
    assert group_days([[day(known=False)], [day(known=False)]])[0].known is False
    assert group_uptime([[day(known=False)]]) is None
    assert group_uptime([]) is None


def test_a_day_that_is_calm_for_all_is_calm_for_the_group_and_one_that_any_child_felt_is_not():
    short = Day(date=date(2026, 11, 1), seconds=(3600, 0, 0, 0, 0))
    assert group_days([[short], [day()], [day(known=False)]]) == (day(),)

    (ongoing,) = group_days([[day()], [day(ongoing=True)]])
    (named,) = group_days([[day()], [day(causes=("a",))]])
    (degraded,) = group_days([[day()], [day(degraded=100)]])
    assert ongoing.ongoing
    assert named.causes == ("a",)
    assert degraded.seconds[ComponentStatus.DEGRADED_PERFORMANCE.rank] == 50


def test_a_groups_day_names_the_causes_of_all_its_children():
    (mean,) = group_days([[day(major=9, causes=("a", "b"))], [day(major=9, causes=("b", "c"), ongoing=True)]])

    assert (mean.causes, mean.ongoing, mean.worst) == (("a", "b", "c"), True, ComponentStatus.MAJOR_OUTAGE)


def test_a_bar_turns_from_green_to_red_within_an_hour():
    seconds = (0, 1, 1192, 1193, 1980, 1981, 3600, 3601)

    assert [colour(day(major=major)) for major in seconds] == [
        "#2fcc66", "#90c83a", "#f1c40f", "#f1c40f", "#e67e22", "#e67e22", "#e74c3c", "#e74c3c",
    ]  # fmt: skip
    assert colour(day(partial=3600)) == "#e8c413"
    assert colour(day(degraded=86400)) == "#2fcc66"
    assert colour(day(known=False)) == "#b3bac5"


def test_ninety_days_of_a_group():
    bad = [day(partial=timedelta(hours=1).seconds), *[day()] * 89]
    calm = [day()] * 90

    assert group_uptime([bad, calm]) == 9999
