"""`stillup preview`: every page and every message of a change, before anything leaves."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.count import counted

if TYPE_CHECKING:
    from stillup.pipeline.preview.shape import Preview


@click.command()
@option.root
@option.at
@option.json_lines
@click.option("--base", metavar="REF", default="HEAD", show_default=True, help="The commit to compare with.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page. Default: preview/index.html below the root.",
)
@click.option(
    "--comment", type=click.Path(path_type=Path, dir_okay=False), help="The comment. Default: comment.md beside it."
)
@click.option(
    "--summary",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Add the comment to this file too, such as $GITHUB_STEP_SUMMARY.",
)
@click.option("--no-pictures", is_flag=True, help="Without pictures of pages, which need a chromium.")
@click.option("--internal", is_flag=True, help="Show messages with internal facts on the page too.")
@click.option("--serve", is_flag=True, help="Serve the page as it will be, and the preview, until interrupted.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Of --serve; 0: any.")
@click.pass_context
def preview(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    base: str,
    out: Path | None,
    comment: Path | None,
    summary: Path | None,
    no_pictures: bool,
    internal: bool,
    serve: bool,
    port: int,
) -> None:
    """Show what changes since REF: pages, messages by channel, audience and language, recipients, findings, edits.

    Without --base these are the changes that are not committed. Writes one HTML page that needs no other file, and one
    Markdown comment for a code host. Nothing is sent. Exits 1 when a record is unusable or `check --base` would fail;
    page and comment then say why.
    """
    from stillup.pipeline.preview.comment import comment as commented
    from stillup.pipeline.preview.preview import preview as look
    from stillup.pipeline.preview.sheet import sheet

    context.find_root().meta["format"] = "json" if as_json else "text"
    page = out or root / "preview" / "index.html"
    note = comment or page.with_name("comment.md")
    if page.absolute() == note.absolute():
        raise click.UsageError("--out and --comment name one file. Name two.")
    with tempfile.TemporaryDirectory(prefix="stillup-") as work:
        seen = look(root, base=base, at=at.at, work=Path(work), pictures=not no_pictures, inside=internal)
        body = sheet(seen)
        said = commented(seen, page.name)
        for path, text in ((page, body), (note, said)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if summary is not None:
            with summary.open("a", encoding="utf-8") as file:
                file.write(said)
        _say(seen, page, note, as_json)
        if serve:
            _serve(Path(work) / "after" / "site", body, port)
    if not seen.sound:
        sys.exit(1)


def _say(seen: "Preview", page: Path, note: Path, as_json: bool) -> None:
    if as_json:
        made = {
            **seen.numbers(),
            "problems": [asdict(problem) for problem in seen.problems],
            "findings": [asdict(finding) for finding in seen.findings],
            "page": str(page),
            "comment": str(note),
        }
        click.echo(json.dumps(made, ensure_ascii=False))
        return
    for problem in (*seen.problems, *seen.findings):
        click.echo(f"{problem} [{problem.code}]", err=True)
    told = [notice for notice in seen.notices if not notice.silent]
    shown = sum(len(notice.proofs) for notice in told)
    changed = len(seen.pages) + seen.unshown
    pages = f"{counted(changed, 'page')} change{'s' if changed == 1 else ''}"
    click.echo(f"{page}: {pages}, {counted(len(told), 'event')} told, {counted(shown, 'message')} shown.")
    for edit in seen.edits:
        if not edit.choice:
            click.echo(f"{edit.key}: a published text changes. Decide: silent or correction.")
    for line in seen.notes:
        click.echo(line, err=True)


def _serve(site: Path, body: str, port: int) -> None:
    """Serve until interrupted; the page as it will be at `/`, the preview at `/preview`."""
    import threading

    from stillup.errors import StillupError
    from stillup.pipeline.preview.server import served

    site.mkdir(parents=True, exist_ok=True)
    try:
        with served(site, {"/preview": body.encode()}, port) as url:
            click.echo(f"{url} serves the page as it will be, {url}preview this preview. Stop with Ctrl-C.")
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                click.echo("Stopped.")
    except OSError as error:
        raise StillupError(f"Port {port} cannot be served: {error.strerror}. Name another --port, or 0.") from None
