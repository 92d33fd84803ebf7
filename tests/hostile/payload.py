"""Texts that try to become something else: markup, script, a template, a header, a formula, another direction."""

MARK = "pwned"
"""What every script of the corpus would leave in `window`, and in no text of a page otherwise."""

SCRIPTS = (
    "<script>window.pwned=1;alert(1)</script>",
    "</script><script>window.pwned=1</script>",
    "</title><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "--><script>window.pwned=1</script><!--",
    "]]><script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1;alert(1)">',
    "'><svg/onload=window.pwned=1>",
    '" onmouseover="window.pwned=1" autofocus onfocus="window.pwned=1" x="',
    "<img src=x onerror=window.pwned=1>",
    '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
    "<svg><script>window.pwned=1</script></svg>",
    '<svg><use href="data:image/svg+xml,<svg id=x onload=window.pwned=1>#x"/></svg>',
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1></style></mglyph></table></mtext></math>",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<body onload=window.pwned=1>",
    '<object data="javascript:window.pwned=1"></object>',
    '<embed src="javascript:window.pwned=1">',
    '<a href="javascript:window.pwned=1">here</a>',
    '<form action="https://evil.example.com"><button autofocus>go</button></form>',
    '<base href="https://evil.example.com/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example.com/">',
    '<link rel="stylesheet" href="https://evil.example.com/x.css">',
    "<style>@import url(https://evil.example.com/x.css);</style>",
    '<div style="position:fixed;inset:0;background:url(https://evil.example.com/x.png)">x</div>',
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    "<template><script>window.pwned=1</script></template>",
    "<ScRiPt>window.pwned=1</sCrIpT>",
    "<script/x>window.pwned=1</script>",
    "<<script>window.pwned=1//<</script>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "&#60;script&#62;window.pwned=1&#60;/script&#62;",
)

MARKDOWN = (
    "[here](javascript:window.pwned=1)",
    "[here](JaVaScRiPt:window.pwned=1)",
    "[here](&#106;avascript:window.pwned=1)",
    "[here](data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==)",
    "[here](vbscript:window.pwned=1)",
    "[here](//evil.example.com)",
    "![x](https://evil.example.com/x.png)",
    '![x](x" onerror="window.pwned=1)',
    "<javascript:window.pwned=1>",
    '[a](https://example.com "x" onmouseover="window.pwned=1)',
    "[a]: javascript:window.pwned=1\n\n[a]",
    "`</code><script>window.pwned=1</script>`",
    "```\n</code></pre><script>window.pwned=1</script>\n```",
    "| a |\n|---|\n| <script>window.pwned=1</script> |",
    '<div markdown="1">[x](javascript:window.pwned=1)</div>',
)

TEMPLATES = (
    "{{ 7 * 7 }}{{ ''.__class__.__mro__ }}",
    "{% for x in ().__class__.__bases__[0].__subclasses__() %}{{ x }}{% endfor %}",
    "{% raw %}{{ cycler.__init__.__globals__ }}{% include '/etc/passwd' %}",
    "${7*7} #{7*7} <%= 7*7 %> *{7*7} $(id) `id`",
    "%(organisation)s %s {0} {organisation} $organisation",
    "<!-- stillup:body --> %%body%%",
)

OTHERS = (
    "=cmd|' /C calc'!A1",
    "+1+1@SUM(1+1)*cmd|' /C calc'!A0",
    "@here @channel @everyone <!channel> <@U123> <https://evil.example.com|click>",
    "Subject: other",
    "BEGIN:VEVENT END:VEVENT ATTACH:https://evil.example.com",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "p\u0430yments (a Cyrillic letter) \u200bzero\u200dwidth\u2060",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031ealgo",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1e9\U0001f1ea \ufdfd",
    "a" * 180,
    "(" * 90 + "[" * 90,
    "*" * 180,
    "\u0627\u0644\u062f\u0641\u0639 abc \u0645\u062a\u0648\u0642\u0641",
    "null",
    "~",
    "-1",
    "' OR 1=1; DROP TABLE incidents; --",
)

LINES = (*SCRIPTS, *TEMPLATES, *OTHERS)
"""Fit for a field of one line."""

TEXTS = (*LINES, *MARKDOWN)
"""Fit for a field of several lines."""

UNREADABLE = {
    "a NUL": 'title: "a\\0b"',
    "a lone surrogate": 'title: "a\\ud800b"',
    "a control of direction": 'title: "a\\u202eb"',
    "an isolate": 'title: "a\\u2066b"',
    "an escape sequence of terminals": 'title: "a\\x1b[2Jb"',
    "a line separator": 'title: "a\\u2028b"',
    "a header in a title": 'title: "a\\r\\nBcc: everyone@example.com"',
    "an object of Python": 'title: !!python/object/apply:os.system ["touch pwned"]',
    "a tag": "title: !include /etc/passwd",
    "a merge": "title: a\n<<: {kind: maintenance}",
    "a bomb": "\n".join(
        ["a: &a [x, x, x, x, x, x, x, x, x]"]
        + [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(20)]
    ),
    "a deep nesting": "title: " + "[" * 10_000,
    "a nesting of mappings": "".join(f"{'  ' * n}a:\n" for n in range(200)),
    "two documents": "title: a\n---\ntitle: b",
    "a huge number": "title: a\nsource: {n: " + "9" * 5_000 + "}",
    "a number in base sixty": "title: a\nstarted_at: 190:20:30",
    "a key that is a list": "? [a, b]\n: c\ntitle: a",
    "another encoding": "title: \udcff\udcfe",
    "a long line": "title: " + "x" * 300_000,
}
"""By name: what is refused wherever it stands. A lone surrogate here stands for a byte that is no UTF-8."""
