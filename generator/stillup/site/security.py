"""security.txt: where people tell of a weakness (RFC 9116)."""

from datetime import UTC, datetime

from stillup.artifact import Artifact


def security_txt(contact: str, at: datetime, site_url: str, language: str) -> Artifact:
    """Return `.well-known/security.txt` for `contact`, an address for mail or of a page, as of `at`.

    It expires after less than a year, as RFC 9116 section 2.5.5 asks, on the first of a month so that it changes
    twelve times a year and not with every build.
    """
    address = contact if ":" in contact else f"mailto:{contact}"
    expires = datetime(at.astimezone(UTC).year + 1, at.astimezone(UTC).month, 1, tzinfo=UTC)
    place = ".well-known/security.txt"
    lines = [f"Contact: {address}", f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", f"Preferred-Languages: {language}"]
    if site_url:
        lines.append(f"Canonical: {site_url}{place}")
    return Artifact(path=place, body=("\n".join(lines) + "\n").encode(), media_type="text/plain")
