"""From a place below the root to an address that works where it is printed."""


def relative(place: str, page: str) -> str:
    """Return `place` as a link on the page at `page`, both below the root; an absolute address stays.

    `relative("incidents/x/#y", "components/z/")` is `../../incidents/x/#y`; the home page's own place is empty.
    """
    if "://" in place or place.startswith(("mailto:", "#", "/")):
        return place
    up = "../" * page.count("/")
    return (up + place) or "./"
