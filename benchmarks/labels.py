"""The hundred real outputs of `labelled_outputs.jsonl` and what a human said of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.document import ChunkEvidence, Rendering, Span

FILE = Path(__file__).parent / "labelled_outputs.jsonl"


@dataclass(frozen=True)
class Example:
    """`errors` by the checks' codes, plus "mistranslation" and "grammar"; `leave`: an editor would not touch
    it."""

    rendering: Rendering
    reference: str
    leave: bool
    errors: frozenset[str]

    @property
    def output(self) -> str:
        return self.rendering.text


def labelled() -> tuple[dict[str, Any], list[Example]]:
    """What the outputs came from (weights, decoding), and the examples."""
    head, *rows = (json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines())
    return head, [_example(row) for row in rows]


def _example(row: dict[str, Any]) -> Example:
    evidence = ChunkEvidence(Span(0, len(row["ar"])), Span(0, len(row["output"])), **row["evidence"])
    rendering = Rendering(row["ar"], row["output"], (evidence,))
    return Example(rendering, row["reference"], row["leave"], frozenset(row["errors"]))
