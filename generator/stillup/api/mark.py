"""What a type cannot say of a value and its JSON Schema can."""


class Mark:
    """Words of JSON Schema beside a type: `Annotated[str, Mark(format="date")]`."""

    def __init__(self, **words: object) -> None:
        """Keep `words` as they stand in the schema."""
        self.words = words
