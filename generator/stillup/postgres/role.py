"""Who may do what: SQL for the owner of a database to read and run."""

from importlib.resources import files


def roles(schema: str, parts: tuple[str, ...]) -> str:
    """Return the SQL that makes the roles of `schema`, and gives them their rights to the tables of `parts`."""
    folder = files("stillup.postgres") / "sql"
    texts = [(folder / f"{name}.sql").read_text(encoding="utf-8") for name in ("roles", *(f"roles-{p}" for p in parts))]
    return "\n".join(texts).replace("{schema}", schema)
