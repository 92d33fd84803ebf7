"""What a host should answer beside the bytes: who may read them from where, and for how long they are current.

`_headers` is read by Netlify and Cloudflare Pages; the manual has the same for nginx and Apache, made from here.
"""

import re
from collections.abc import Iterable, Sequence

from stillup.artifact import Artifact

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'"
)
EVERYWHERE = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)
OPEN = (("Access-Control-Allow-Origin", "*"), ("Cache-Control", "public, max-age=30"))
"""For documents that other origins read and that must be current."""

IMMUTABLE = (("Cache-Control", "public, max-age=31536000, immutable"),)
"""For files whose name changes with their bytes."""

OPEN_PATHS = (
    *("/api/*", "/incidents/*", "/components/*", "/history/*"),
    *(
        f"/{stem}.{ending}"
        for stem in ("feed", "incidents", "maintenance", "history")
        for ending in ("rss", "atom", "json")
    ),
    *("/maintenance.ics", "/heartbeat.json", "/badge.svg", "/badge.json", "/embed.js", "/status.txt"),
)
"""No path falls under two rules that set one header: hosts would join the two values."""

_HASHED = re.compile(r"assets/.*\.[0-9a-f]{8,64}(?:\.min)?\.(?:css|js|svg|png|woff2)").fullmatch
_OPEN = (
    r"^/((api|incidents|components|history)/.*|(feed|incidents|maintenance|history)\.(rss|atom|json)|maintenance\.ics"
    r"|heartbeat\.json|badge\.(svg|json)|embed\.js|status\.txt)$"
)
_IMMUTABLE = r"^/assets/.*\.[0-9a-f]{8,64}(\.min)?\.(css|js|svg|png|woff2)$"

Rule = tuple[str, Sequence[tuple[str, str]]]


def headers(published: Iterable[str]) -> Artifact:
    """Return `_headers`; `published` are the paths of all files, of which the hashed ones are named."""
    hashed = sorted(path for path in published if _HASHED(path))
    rules: list[Rule] = [
        ("/*", EVERYWHERE),
        *((path, OPEN) for path in OPEN_PATHS),
        *((f"/{path}", IMMUTABLE) for path in hashed),
    ]
    written = [f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in each) for path, each in rules]
    return Artifact(path="_headers", body="\n".join(written).encode(), media_type="text/plain")


def nginx() -> str:
    """Return the same rules for a `server` block of nginx. `add_header` in a location forgets those outside of it."""
    always = "".join(f'    add_header {name} "{value}" always;\n' for name, value in EVERYWHERE)
    places = "".join(
        f"\nlocation ~ {_quoted(pattern)} {{\n{always}"
        + "".join(f'    add_header {name} "{value}" always;\n' for name, value in each)
        + "    try_files $uri $uri/ =404;\n}\n"
        for pattern, each in ((_OPEN, OPEN), (_IMMUTABLE, IMMUTABLE))
    )
    return (
        "include mime.types;\ntypes { text/calendar ics; }\nindex index.html;\nerror_page 404 /404.html;\n\n"
        f"location / {{\n{always}    try_files $uri $uri/ =404;\n}}\n{places}"
    )


def apache() -> str:
    """Return the same rules as an `.htaccess` file of Apache with `mod_headers`."""
    always = "".join(f'Header always set {name} "{value}"\n' for name, value in EVERYWHERE)
    places = "".join(
        f'\n<If "%{{REQUEST_URI}} =~ m#{pattern}#">\n'
        + "".join(f'    Header always set {name} "{value}"\n' for name, value in each)
        + "</If>\n"
        for pattern, each in ((_OPEN, OPEN), (_IMMUTABLE, IMMUTABLE))
    )
    return (
        "ErrorDocument 404 /404.html\nAddType application/rss+xml .rss\nAddType application/atom+xml .atom\n"
        f"AddType text/calendar .ics\n\n{always}{places}"
    )


def _quoted(pattern: str) -> str:
    """Return a pattern as nginx takes it: one with braces stands in quotes."""
    return f'"{pattern}"' if "{" in pattern else pattern
