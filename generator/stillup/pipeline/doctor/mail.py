"""What the DNS must say so that mail from the page's sender is believed: SPF, DKIM and DMARC, and what it says now.

Without them the large mailbox providers put mail into the folder for spam, or take none (RFC 7208, 6376, 7489).
"""

import re

from stillup.delivery.resolver import Resolver, Unanswered, domains
from stillup.delivery.sender import sender_address
from stillup.pipeline.doctor.chart import Chart
from stillup.records.outlet import EmailOutlet
from stillup.records.settings import Settings
from stillup.vocabulary import MailWay

_AT = ("channels", "email", "from")
_TAG = re.compile(r"(?:^|;)\s*([A-Za-z]+)\s*=\s*([^;]*)")


def look(chart: Chart, settings: Settings, selector: str, resolver: Resolver | None) -> None:
    """Say what to publish for the sender's domain; `selector` is the name of its DKIM key, `resolver` None asks nobody.

    Mail that stays on this machine needs none of it.
    """
    outlet = settings.channels.email
    if outlet is None or outlet.via is MailWay.OUTBOX:
        return
    address = sender_address(settings)
    domain = address.rpartition("@")[2].lower()
    resend = outlet.via is MailWay.RESEND
    name = selector or ("resend" if resend else "")
    if resolver is None:
        for record, text in _wanted(outlet, domain, name):
            said = f"What the DNS says at {record} was not looked at."
            chart.note("mail", said, f"It should say: {text}", *_AT)
        return
    try:
        _receives(chart, domain, resolver)
        _spf(chart, outlet, domain, resolver)
        _dkim(chart, domain, name, resolver)
        _dmarc(chart, domain, resolver)
    except Unanswered:
        look(chart, settings, selector, None)


def _wanted(outlet: EmailOutlet, domain: str, selector: str) -> tuple[tuple[str, str], ...]:
    """Return names in the DNS, and the text that each should have."""
    return (
        _spf_wanted(outlet, domain),
        (f"{selector or 'SELECTOR'}._domainkey.{domain}", _dkim_wanted(outlet)),
        (f"_dmarc.{domain}", _dmarc_wanted(domain)),
    )


def _spf_wanted(outlet: EmailOutlet, domain: str) -> tuple[str, str]:
    if outlet.via is MailWay.RESEND:
        return f"send.{domain}", "v=spf1 include:amazonses.com ~all"
    return domain, f"v=spf1 mx a:{outlet.host} ~all, or the include: that your mail provider names"


def _dkim_wanted(outlet: EmailOutlet) -> str:
    who = "Resend shows for the domain" if outlet.via is MailWay.RESEND else "your mail server or provider shows"
    return f"v=DKIM1; k=rsa; p= and the key that {who}"


def _dmarc_wanted(domain: str) -> str:
    return f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"


def _receives(chart: Chart, domain: str, resolver: Resolver) -> None:
    """See that answers and bounces can come back."""
    if not (resolver.ask(domain, "MX") or resolver.ask(domain, "A") or resolver.ask(domain, "AAAA")):
        said = f"{domain} has no mail server (MX) and no address: many refuse mail from such a sender."
        chart.error("mail", said, f"Publish at {domain}: MX 10 and the host that takes its mail.", *_AT)


def _spf(chart: Chart, outlet: EmailOutlet, domain: str, resolver: Resolver) -> None:
    where, text = _spf_wanted(outlet, domain)
    found = [each for each in resolver.ask(where, "TXT") if each.lower().split(" ")[0] == "v=spf1"]
    fix = f"Publish as TXT at {where}: {text}"
    if not found:
        chart.warning("mail", f"{where} says nothing of who may send its mail (SPF).", fix, *_AT)
    elif len(found) > 1:
        said = f"{where} has {len(found)} texts of SPF, and receivers then believe none."
        chart.error("mail", said, "Publish one that has all of them.", *_AT)
    elif re.search(r"(?:^|\s)\+?all(?:\s|$)", found[0].lower()):
        said = f"The SPF of {where} lets everybody send in its name: {found[0]}"
        chart.error("mail", said, "Let it end in ~all or -all.", *_AT)
    elif not re.search(r"[~?-]all(?:\s|$)|redirect=", found[0].lower()):
        chart.warning("mail", f"The SPF of {where} does not end: {found[0]}", "Let it end in ~all or -all.", *_AT)
    else:
        chart.good(f"SPF of {where}: {found[0]}")


def _dkim(chart: Chart, domain: str, selector: str, resolver: Resolver) -> None:
    if not selector:
        said = f"Whether mail from {domain} is signed (DKIM) was not looked at: the name of its key is not known."
        chart.note("mail", said, "Add --dkim and the selector that your mail server or provider shows.", *_AT)
        return
    where = f"{selector}._domainkey.{domain}"
    found = [each for each in resolver.ask(where, "TXT") if "p" in _tags(each)]
    if not found:
        fix = f"Publish as TXT at {where} the key that your mail server or provider shows: v=DKIM1; k=rsa; p=..."
        chart.warning("mail", f"There is no key (DKIM) at {where}, so signatures prove nothing.", fix, *_AT)
    elif not _tags(found[0])["p"]:
        said = f"The key (DKIM) at {where} was withdrawn: its p= is empty."
        chart.error("mail", said, "Publish the key with which mail is signed now.", *_AT)
    else:
        chart.good(f"DKIM key at {where}.")


def _dmarc(chart: Chart, domain: str, resolver: Resolver) -> None:
    for name in domains(domain):
        found = [each for each in resolver.ask(f"_dmarc.{name}", "TXT") if _tags(each).get("v", "").upper() == "DMARC1"]
        if len(found) == 1 and _tags(found[0]).get("p", "").lower() in ("none", "quarantine", "reject"):
            chart.good(f"DMARC of {name}: {found[0]}")
            return
        if found:
            said = f"_dmarc.{name} has no policy that receivers understand: {found[0]}"
            chart.error("mail", said, f"Publish one text there: {_dmarc_wanted(name)}", *_AT)
            return
    said = f"{domain} does not say what becomes of mail that only claims to be from it (DMARC)."
    chart.warning("mail", said, f"Publish as TXT at _dmarc.{domain}: {_dmarc_wanted(domain)}", *_AT)


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a text, as in `v=DMARC1; p=none`."""
    return {name.lower(): value.strip() for name, value in _TAG.findall(text)}
