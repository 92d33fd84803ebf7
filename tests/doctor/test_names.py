"""The DNS as it is asked: over UDP and TCP, with aliases, nonsense and silence; and what is read out of it."""

import socket
from contextlib import suppress
from dataclasses import replace

import pytest

from stillup.delivery.resolver import Resolver, Unanswered, of_address, system
from stillup.pipeline.doctor import mail, neighbour
from tests.doctor.conftest import told
from tests.doctor.name_server import naming
from tests.tools import PATIENCE

LONG = "v=DKIM1; k=rsa; p=" + "A" * 1500
MAIL = {
    ("example.com", "MX"): ["mx.example.com"],
    ("example.com", "TXT"): ["google-site-verification=x", "v=spf1 mx a:mail.example.com -all"],
    ("_dmarc.example.com", "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"],
    ("k1._domainkey.example.com", "TXT"): [LONG],
}


def asking(server):
    """Return a resolver that waits for `server` as long as a busy machine takes."""
    return replace(of_address(server), patience=PATIENCE)


def test_records_of_every_kind_are_read():
    zone = {
        ("a.example.com", "A"): ["192.0.2.7", "192.0.2.8"],
        ("a.example.com", "AAAA"): ["2001:db8::1"],
        ("www.example.com", "CNAME"): ["a.example.com"],
        ("example.com", "NS"): ["ns1.example.net", "NS2.example.net"],
        **MAIL,
    }
    with naming(zone) as server:
        resolver = asking(server)
        assert resolver.ask("a.example.com", "A") == ("192.0.2.7", "192.0.2.8")
        assert resolver.ask("a.example.com", "AAAA") == ("2001:db8::1",)
        assert resolver.ask("www.example.com", "A") == ("192.0.2.7", "192.0.2.8"), "the alias is followed"
        assert resolver.ask("www.example.com", "CNAME") == ("a.example.com",)
        assert resolver.ask("example.com", "NS") == ("ns1.example.net", "ns2.example.net")
        assert resolver.ask("example.com", "MX") == ("mx.example.com",)
        assert resolver.ask("nowhere.example.com", "A") == ()


def test_an_answer_that_is_too_long_for_a_datagram_comes_by_tcp():
    with naming(MAIL, most=512) as server:
        assert asking(server).ask("k1._domainkey.example.com", "TXT") == (LONG,)


def test_nonsense_is_no_answer_and_the_next_resolver_is_asked():
    with naming(MAIL, broken=True) as broken, naming(MAIL) as good:
        servers = asking(broken).servers + asking(good).servers
        assert Resolver(servers, patience=PATIENCE).ask("example.com", "MX") == ("mx.example.com",)
        with pytest.raises(Unanswered):
            Resolver(servers[:1], patience=PATIENCE).ask("example.com", "MX")
    with pytest.raises(Unanswered):
        Resolver(()).ask("example.com", "MX")


def test_the_resolvers_of_the_system_are_those_of_its_file(tmp_path):
    file = tmp_path / "resolv.conf"
    file.write_text("# comment\nsearch example.com\nnameserver 192.0.2.53\nnameserver 2001:db8::53\noptions edns0\n")

    assert system(file).servers == (("192.0.2.53", 53), ("2001:db8::53", 53))
    assert system(tmp_path / "none").servers == ()


def looked(page, zone, selector="k1", **settings):
    page.set("https://status.example.com/", channels={"email": {"from": "status@example.com", **settings}})
    with naming(zone) as server:
        return page.look(mail.look, page.settings, selector, asking(server))


def test_a_domain_that_says_everything_is_well(page):
    examined = looked(page, MAIL)

    assert examined.findings == ()
    assert [said.partition(":")[0] for said in examined.well] == [
        "SPF of example.com",
        "DKIM key at k1._domainkey.example.com.",
        "DMARC of example.com",
    ]


def test_a_domain_that_says_nothing_gets_the_texts_to_publish(page):
    found = told(looked(page, {}), "mail")

    assert [each.partition(":")[0] for each in found] == ["error", "warning", "warning", "warning"]
    assert found[1].endswith(
        "Publish as TXT at example.com: v=spf1 mx a:localhost ~all, or the include: that your mail provider names"
    )
    assert "Publish as TXT at k1._domainkey.example.com" in found[2]
    assert found[3].endswith("Publish as TXT at _dmarc.example.com: v=DMARC1; p=none; rua=mailto:dmarc@example.com")


@pytest.mark.parametrize(
    ("changed", "level", "said"),
    [
        ({("example.com", "TXT"): ["v=spf1 mx -all", "v=spf1 a -all"]}, "error", "has 2 texts of SPF"),
        ({("example.com", "TXT"): ["v=spf1 +all"]}, "error", "lets everybody send in its name"),
        ({("example.com", "TXT"): ["v=spf1 mx"]}, "warning", "does not end"),
        ({("example.com", "TXT"): ["v=spf10 mx -all"]}, "warning", "says nothing of who may send"),
        ({("k1._domainkey.example.com", "TXT"): ["v=DKIM1; p="]}, "error", "was withdrawn"),
        ({("_dmarc.example.com", "TXT"): ["v=DMARC1; rua=mailto:a@example.com"]}, "error", "no policy"),
        ({("_dmarc.example.com", "TXT"): ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "error", "no policy"),
    ],
)
def test_a_text_that_is_worth_nothing_is_told(page, changed, level, said):
    (found,) = told(looked(page, {**MAIL, **changed}), "mail")

    assert found.startswith(f"{level}: ")
    assert said in found


def test_the_policy_of_the_domain_above_holds_for_a_sender_below_it(page):
    below = {
        ("status.example.com", "A"): ["192.0.2.1"],
        ("status.example.com", "TXT"): ["v=spf1 -all"],
        ("k1._domainkey.status.example.com", "TXT"): [LONG],
    }
    examined = looked(page, {**MAIL, **below}, **{"from": "status@status.example.com"})

    assert examined.findings == ()
    assert examined.well[-1].startswith("DMARC of example.com")


def test_resend_has_names_of_its_own(page):
    zone = {
        **MAIL,
        ("send.example.com", "TXT"): ["v=spf1 include:amazonses.com ~all"],
        ("resend._domainkey.example.com", "TXT"): ["p=MIGf"],
    }

    examined = looked(page, zone, "", via="resend")

    assert examined.findings == ()
    assert "SPF of send.example.com: v=spf1 include:amazonses.com ~all" in examined.well


@pytest.mark.parametrize("resolver", [None, Resolver(())])
def test_offline_the_texts_are_told_and_that_nobody_looked(page, resolver):
    page.set(channels={"email": {"from": "status@example.com"}})

    found = told(page.look(mail.look, page.settings, "k1", resolver), "mail")

    assert [each.partition(" was not looked at")[0] for each in found] == [
        "note: What the DNS says at example.com",
        "note: What the DNS says at k1._domainkey.example.com",
        "note: What the DNS says at _dmarc.example.com",
    ]
    assert "It should say: v=DMARC1; p=none;" in found[2]


def test_a_resolver_that_is_silent_is_not_waited_for_again_and_again(page):
    page.set(
        "https://status.example.net/",
        channels={"email": {"from": "status@example.com"}},
        product={"hosts": ["app.example.com"]},
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        silent = Resolver((server.getsockname(),), patience=0.1)

        mailed = page.look(mail.look, page.settings, "", silent)
        shared = page.look(neighbour.look, page.root, page.settings, (), silent)

        asked = 0
        with suppress(BlockingIOError):
            while server.recv(512, socket.MSG_DONTWAIT):
                asked += 1

    assert {each.level for each in (*mailed.findings, *shared.findings)} == {"note"}
    assert asked == 2, "each asks once"


APART = {
    ("status.example.net", "A"): ["192.0.2.1"],
    ("example.net", "NS"): ["ns1.dns.example.net"],
    ("app.example.com", "A"): ["198.51.100.1"],
    ("example.com", "NS"): ["ns1.dns.example.com"],
}


@pytest.mark.parametrize(
    ("site", "changed", "said"),
    [
        ("status.example.net", {}, ""),
        ("app.example.com", {}, "The page stands on app.example.com, a host of the product"),
        ("status.example.net", {("app.example.com", "A"): ["192.0.2.1"]}, "have the same address, 192.0.2.1."),
        ("status.example.net", {("app.example.com", "A"): ["192.0.2.9"]}, "stand in the same network, 192.0.2.0/24."),
        (
            "status.example.net",
            {
                ("status.example.net", "CNAME"): ["a.edge.example.org"],
                ("app.example.com", "CNAME"): ["b.example.org"],
                ("a.edge.example.org", "A"): ["203.0.113.1"],
                ("b.example.org", "A"): ["198.18.0.1"],
            },
            "are both names of example.org.",
        ),
        (
            "status.example.net",
            {("example.com", "NS"): ["ns1.dns.example.net", "ns2.example.org"]},
            "have the same name servers, such as ns1.dns.example.net.",
        ),
        ("status.example.com", {("status.example.com", "A"): ["203.0.113.5"]}, "stand in one DNS zone, example.com"),
    ],
)
def test_what_page_and_product_stand_on_together(page, site, changed, said):
    page.set(f"https://{site}/", product={"hosts": ["app.example.com"]})
    with naming({**APART, **changed}) as server:
        examined = page.look(neighbour.look, page.root, page.settings, (), asking(server))

    found = told(examined, "shared")
    assert [said in each for each in found] == ([True] if said else [])
    assert all(each.startswith("warning: ") for each in found)
    assert bool(examined.well) == (not said)


def test_hosts_that_nobody_knows_are_not_told_to_stand_apart(page):
    page.set("https://status.example.net/", product={"hosts": ["app.exmaple.com"]})
    with naming(APART) as server:
        examined = page.look(neighbour.look, page.root, page.settings, (), asking(server))

    assert examined.well == ()
    assert told(examined, "shared")[0].startswith("note: app.exmaple.com has no address in the DNS")


def test_a_product_s_host_can_be_named_by_a_flag_and_none_is_said(page):
    page.set("https://status.example.net/")
    with naming(APART) as server:
        named = page.look(neighbour.look, page.root, page.settings, ("app.example.com",), asking(server))
        nobody = page.look(neighbour.look, page.root, page.settings, (), asking(server))

    assert named.well == ("The page and app.example.com share neither machines nor name servers.",)
    assert "product: {hosts:" in told(nobody, "shared")[0]
