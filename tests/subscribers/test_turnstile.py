"""Who may send a form: many people in an hour, and no attacker so many that others cannot."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from stillup.subscribers.turnstile import DOMAIN, HOUR, MOST, NETWORK, OWN, Turnstile

AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)


def form(address: str = "") -> dict[str, list[str]]:
    return {"address": [address]} if address else {}


def let_in(turnstile: Turnstile, addresses: list[str], at: datetime = AT, mail: str = "") -> int:
    """Return how many were let in."""
    return sum(turnstile.lets("", address, form(mail), at) for address in addresses)


def of(network: str, count: int) -> list[str]:
    return [f"{network}.{number % 254 + 1}" for number in range(count)]


def test_one_visitor_has_a_number_of_their_own():
    turnstile = Turnstile(0)

    assert let_in(turnstile, ["192.0.2.1"] * 30) == OWN
    assert let_in(turnstile, ["192.0.2.2"]) == 1
    assert let_in(turnstile, ["192.0.2.1"], AT + HOUR) == 1


@pytest.mark.parametrize(
    "addresses",
    [
        of("192.0.2", 1000),
        [f"2001:db8:1:{number:x}::{number:x}" for number in range(1000)],
        [f"2001:db8:1:ff::{number:x}" for number in range(1000)],
        [f"::ffff:192.0.2.{number % 254 + 1}" for number in range(1000)],
        ["no address"] * 1000,
    ],
)
def test_a_network_cannot_take_what_others_need(addresses):
    turnstile = Turnstile(0)

    assert let_in(turnstile, addresses) <= NETWORK[0]
    assert let_in(turnstile, ["198.51.100.7", "2001:db8:2::1", "::ffff:198.51.100.8"]) == 3


def test_an_address_of_one_kind_written_as_the_other_is_the_same_visitor():
    turnstile = Turnstile(0)

    assert let_in(turnstile, ["192.0.2.1", "::ffff:192.0.2.1"] * 20) == OWN


def test_mail_addresses_of_one_domain_cannot_take_what_others_need():
    turnstile = Turnstile(0)
    everywhere = [f"10.{number // 250}.{number % 250}.1" for number in range(2000)]

    assert let_in(turnstile, everywhere, mail="x@Flood.example.com.") == DOMAIN
    assert let_in(turnstile, ["192.0.2.1"], mail="y@flood.example.com") == 0
    assert let_in(turnstile, ["192.0.2.1"], mail="y@example.com") == 1


def test_the_fuller_the_hour_the_less_any_network_may_take():
    turnstile = Turnstile(0)
    taken = [let_in(turnstile, of(f"10.0.{network}", 200)) for network in range(300)]

    assert [each for each in taken if each] == sorted([each for each in taken if each], reverse=True)
    assert set(taken[:7]) == {NETWORK[0]}
    assert sum(taken) == MOST
    # Eight networks take three quarters of the hour; for the rest it takes more than a hundred others.
    assert sum(1 for each in taken if each) > 100


def test_somebody_else_is_let_in_while_thirty_networks_do_what_they_can():
    turnstile = Turnstile(0)
    for network in range(30):
        let_in(turnstile, of(f"10.0.{network}", 254), mail=f"x@flood-{network}.example.com")

    visitors = [f"198.51.{number}.9" for number in range(100)]
    assert let_in(turnstile, visitors, mail="somebody@example.com") == 100
    assert sum(turnstile.lets("", f"203.0.{n}.9", form(f"somebody@example-{n}.com"), AT) for n in range(50)) == 50


def test_the_hour_passes():
    turnstile = Turnstile(0)
    let_in(turnstile, of("192.0.2", 254))
    assert let_in(turnstile, ["192.0.2.200"], AT + timedelta(minutes=59)) == 0

    assert let_in(turnstile, of("192.0.2", 254), AT + HOUR) == NETWORK[0]


def test_proxies_say_who_asks_only_where_they_are_ours():
    told, trusting = Turnstile(0), Turnstile(1)
    forwarded = [f"203.0.113.1, 10.{number}.0.1" for number in range(200)]

    assert sum(told.lets(each, "192.0.2.1", {}, AT) for each in forwarded) == OWN
    assert sum(trusting.lets(each, "192.0.2.1", {}, AT) for each in forwarded) == 200


def test_a_flood_from_everywhere_costs_little_memory():
    turnstile = Turnstile(0)
    tracemalloc.start()
    for number in range(100_000):
        turnstile.lets("", f"2001:db8:{number:x}::1", form(f"x@{'a' * 200}{number}.example.com"), AT)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 4_000_000
