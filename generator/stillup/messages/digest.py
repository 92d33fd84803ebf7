"""A day's news as one letter: for people who want to be told once."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup, escape

from stillup.messages.event import Event
from stillup.messages.letter import Letter
from stillup.views.shape import Body, State, Time


def digest(event: Event, letters: Sequence[Letter]) -> Letter:
    """Return the letter that sums up `letters`, the news that concern its readers, oldest first.

    Raises:
        ValueError: there is no news: then there is no digest.
    """
    if not letters:
        raise ValueError(f"{event.key} has nothing to say")
    last = letters[-1]
    words, masthead = last.words, last.masthead
    year, month, day = (int(part) for part in event.title.split("-"))
    title = words.date(event.at.replace(year=year, month=month, day=day), "full")
    stories: dict[str, list[Letter]] = {}
    for each in letters:
        stories.setdefault(each.incident.id, []).append(each)
    body = Body(
        html=Markup("\n").join(_html(story) for story in stories.values()),
        text="\n\n".join(_text(story) for story in stories.values()),
        line=words.ranked(story[-1].incident.title for story in stories.values()),
    )
    update = replace(
        last.update,
        key=event.key,
        place="",
        at=event.at,
        time=Time(iso=event.at.strftime("%Y-%m-%dT%H:%M:%SZ"), text=""),
        body=body,
        affected=(),
        changed=(),
        facts=(),
        promise=None,
        closing=False,
    )
    incident = replace(last.incident, id=event.incident, title=title, place="", reference="", updates=(update,))
    return replace(
        last,
        incident=incident,
        update=update,
        kind=event.kind,
        stage="digest",
        state=State(key="none", word=words.say("mail.band.digest")),
        affected="",
        promise="",
        duration="",
        ended=None,
        windows="",
        known=(),
        correction="",
        preheader=body.line,
        languages=tuple(dict.fromkeys(tag for each in letters for tag in each.languages)),
        page=masthead.site_url,
        disaster=False,
        logged=max((each.logged for each in letters if each.logged), key=lambda head: head.seq, default=None),
    )


def _html(story: Sequence[Letter]) -> Markup:
    newest = story[-1]
    items = Markup("").join(Markup("<li>{}: {}</li>").format(escape(each.time), escape(_news(each))) for each in story)
    title = escape(newest.incident.title)
    if newest.page:
        title = Markup('<a href="{}">{}</a>').format(newest.page, title)
    return Markup("<h3>{} ({})</h3><ul>{}</ul>").format(title, newest.update.word, items)


def _text(story: Sequence[Letter]) -> str:
    newest = story[-1]
    lines = [f"{newest.incident.title} ({newest.update.word})"]
    lines += [f"- {each.time}: {_news(each)}" for each in story]
    return "\n".join([*lines, newest.page] if newest.page else lines)


def _news(letter: Letter) -> str:
    """Return what was new with `letter`: of a correction the correction, and not once more what it corrects."""
    if letter.correction:
        return f"{letter.words.say('mail.line.correction')}: {letter.correction}"
    if letter.stage == "withdrawn":
        return f"{letter.words.say('mail.band.withdrawn')}: {letter.update.body.line}"
    return letter.update.body.line
