"""Where an answer sends us on to: no further than the host that was named."""

from urllib.parse import urljoin, urlsplit

from stillup.errors import StillupError


class Elsewhere(StillupError):
    """It sends us elsewhere; the words go on after the name of what does."""


def inside(url: str, address: str, location: str) -> str:
    """Return where `address` redirects to, below the same host as `url`.

    Raises:
        Elsewhere: that is another host, or no address.
    """
    try:
        target = urljoin(address, location)
        here, there = urlsplit(url), urlsplit(target)
    except ValueError:
        raise Elsewhere("leads to what is no address.") from None
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise Elsewhere(f"leads to {there.scheme}://{there.netloc}. If that is right, give its address instead.")
    return target
