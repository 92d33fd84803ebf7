"""A pseudo language: every text from the catalogue stands between signs that no template writes."""

from stillup.catalogue import words

ENGLISH = words("en")


class Marked:
    """The English words, marked."""

    def say(self, key: str, /, **values: object) -> str:
        """Return the marked words for `key`."""
        return f"⟦{ENGLISH.say(key, **values)}⟧"

    def called(self, code: str) -> str:
        """Return the marked name of a language."""
        return f"⟦{ENGLISH.called(code)}⟧"
