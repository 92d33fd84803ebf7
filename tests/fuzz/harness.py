"""`make fuzz`: one target under coverage-guided fuzzing, `python -m tests.fuzz.harness TARGET FOLDER [WORDS]`.

What raises is kept by libFuzzer as `crash-...`; put it into `tests/fuzz/crashes/TARGET/`, where pytest replays it.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["stillup", "ruamel", "yaml"]):
    from tests.fuzz.target import TARGETS, seeds


def main(name: str, folder: str, *words: str) -> None:
    corpus = Path(folder) / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={folder}/{name}-", *words], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
