"""Which addresses may be stored and asked: no spelling of a machine in our own network gets through."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.delivery.guard import addresses_of, pinned
from stillup.internet import NotPublic, check, is_public

CLOSED = """
https://127.0.0.1/ https://127.1/ https://2130706433/ https://0x7f000001/ https://0x7f.1/ https://017700000001/
https://0177.0.0.1/ https://0/ https://0.0.0.0/ https://10.1.2.3/ https://172.16.0.1/ https://172.31.255.255/
https://192.168.1.1/ https://100.64.0.1/ https://100.100.100.200/ https://169.254.169.254/latest/meta-data
https://192.0.0.192/ https://198.18.0.1/ https://203.0.113.9/ https://224.0.0.1/ https://255.255.255.255/
https://168.63.129.16/ https://[::1]/ https://[::]/ https://[::ffff:127.0.0.1]/ https://[::ffff:8.8.8.8]/
https://[::ffff:a00:1]/ https://[fe80::1]/ https://[fc00::1]/ https://[fd00:ec2::254]/ https://[64:ff9b::7f00:1]/
https://[64:ff9b::10.0.0.1]/ https://[64:ff9b:1::1]/ https://[2002:7f00:1::]/ https://[2002:c0a8:101::1]/
https://[2001:0:4136:e378::1]/ https://[2001:db8::1]/ https://[3fff::1]/ https://[ff02::1]/ https://[::127.0.0.1]/
https://localhost/ https://localhost./ https://LOCALHOST/ https://a.localhost/ https://router/ https://nas.local/
https://metadata.google.internal/ https://db.corp/ https://printer.home.arpa/ https://x.lan/ https://[fe80::1%25eth0]/
https://1.1.1.1.nip.0x7f/ https://a..example.com/ https://-a-.example.com/ https://xn--/ https:///x https://
https://user@hooks.example.com/ https://user:x@hooks.example.com/ https://8.8.8.8@127.0.0.1/
https://hooks.example.com:99999/ https://hooks.example.com:0x50/ https://ho%6fks.example.com/
https://hooks.example.com\\@127.0.0.1/ http://hooks.example.com/ ftp://hooks.example.com/ file:///etc/passwd
javascript:alert(1) //hooks.example.com/ hooks.example.com https://⑯⑨.254.169.254/ https://127。0。0。1/
""".split()

OPEN = """
https://hooks.example.com/ https://hooks.example.com:8443/x?y=z https://8.8.8.8/ https://[2606:4700:4700::1111]/
https://HOOKS.example.COM./a https://bücher.example/ https://a_b.example.com/ https://[2002:808:808::1]/
https://[64:ff9b::808:808]/
""".split()


@pytest.mark.parametrize("url", CLOSED)
def test_an_address_that_leads_nowhere_public_is_refused_when_it_is_stored(url):
    with pytest.raises(NotPublic) as refused:
        check(url)

    assert refused.value.message.endswith(".")
    assert refused.value.fix.endswith((".", "status."))
    assert "169.254" not in str(refused.value), "an address is a secret"


@pytest.mark.parametrize("url", OPEN)
def test_a_public_address_is_taken(url):
    place = check(url)

    assert place.host == place.host.lower().rstrip(".")
    assert place.host.isascii()
    assert not place.trusted


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\r", "\x00", "\x0b", "\x7f"])
def test_no_control_character_hides_in_an_address(space):
    with pytest.raises(NotPublic):
        check(f"https://hooks.example.com/{space}x")


def test_a_host_that_the_settings_name_may_be_anywhere_and_no_other():
    assert check("http://hooks.intra/x", {"hooks.intra"}).trusted
    assert check("http://127.0.0.1:8080/", {"127.0.0.1"}).port == 8080
    for url in ("http://other.intra/x", "http://a.hooks.intra/", "http://127.0.0.2/"):
        with pytest.raises(NotPublic):
            check(url, {"hooks.intra", "127.0.0.1"})


@given(st.ip_addresses(v=4))
def test_an_address_of_the_old_internet_has_one_answer_in_every_disguise(address):
    public = is_public(address)
    number = int(address)

    assert is_public(ipaddress.IPv6Address((0x64FF9B << 96) + number)) == public
    assert is_public(ipaddress.IPv6Address((0x2002 << 112) + (number << 80))) == public
    assert not is_public(ipaddress.IPv6Address((0xFFFF << 32) + number))
    if public:
        assert address.is_global


@given(st.ip_addresses(v=6))
def test_what_the_registries_close_is_closed(address):
    if is_public(address) and address not in ipaddress.IPv6Network("64:ff9b::/96"):
        assert address.is_global or address.sixtofour is not None
        assert address in ipaddress.IPv6Network("2000::/3")


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["8.8.8.8", "fe80::1"]])
def test_a_public_name_with_an_address_of_our_own_is_refused_when_it_is_asked(addresses):
    found = tuple(ipaddress.ip_address(address) for address in addresses)

    with pytest.raises(NotPublic):
        pinned("https://hooks.example.com/", resolve=lambda host, port: found)


def test_a_name_is_asked_for_once_and_what_it_said_is_kept():
    answers = [(ipaddress.ip_address("8.8.8.8"),), (ipaddress.ip_address("127.0.0.1"),)]

    there = pinned("https://hooks.example.com/", resolve=lambda host, port: answers.pop(0))

    assert [str(address) for address in there.addresses] == ["8.8.8.8"]
    assert len(answers) == 1


def test_a_name_without_an_address_is_an_error_of_the_moment():
    with pytest.raises(OSError, match="no address"):
        pinned("https://hooks.example.com/", resolve=lambda host, port: ())


def test_the_systems_own_resolver_is_asked():
    assert ipaddress.ip_address("127.0.0.1") in addresses_of("localhost", 443)
