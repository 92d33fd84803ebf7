"""How uptime is counted, in a sentence, from the weights in the settings."""

from stillup.views.edition import Edition


def rule(edition: Edition, days: int | None = None) -> str:
    """Return the sentence that stands beside every figure; with `days` it names the span."""
    words, weights = edition.words, edition.settings.uptime
    parts = []
    if weights.major_outage:
        parts.append(words.say("rule.major", share=_share(edition, weights.major_outage)))
    if weights.partial_outage:
        parts.append(words.say("rule.partial", share=_share(edition, weights.partial_outage)))
    free = [key for key, weight in (("partial", weights.partial_outage), ("major", weights.major_outage)) if not weight]
    names = [words.say(f"said.{key}") for key in ("degraded", "maint", *free)]
    parts.append(words.say("rule.free", names=words.join(names)))
    told = words.say("rule.sentence", parts=words.listed(parts))
    if days is not None:
        return words.say("rule.over", days=days, rule=told)
    return words.sentence(told)


def _share(edition: Edition, thousandths: int) -> str:
    if thousandths == 1000:
        return edition.words.say("rule.in_full")
    return edition.words.say("rule.percent", percent=edition.words.percent(thousandths * 10))
