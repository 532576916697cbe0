from dataclasses import replace

import pytest

from models.document import ChunkEvidence, Rendering, Span
from models.quality import evidence

GOOD = ChunkEvidence(Span(0, 4), Span(0, 5), -0.5, -0.6, 3, 3)


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"complete": False}, "cut_retry", "major"),
        ({"complete": False, "retries": 2}, "cut_retry", "major"),
        ({"retries": 2, "split": True}, "cut_retry", "minor"),
        ({"looping": True, "retries": 2}, "repetition", "critical"),
    ],
)
def test_a_bad_chunk_is_flagged_where_it_stands(changes: dict[str, int], code: str, severity: str) -> None:
    bad = replace(GOOD, source=Span(5, 9), target=Span(6, 11), **changes)
    (flag,) = evidence.check(Rendering("كلام كلام", "words words", (GOOD, bad)))
    assert (flag.code, flag.severity, flag.ar, flag.en) == (code, severity, bad.source, bad.target)


def test_good_chunks_raise_nothing() -> None:
    assert evidence.check(Rendering("كلام", "words", (GOOD,))) == []
    assert evidence.check(Rendering("كلام", "words", (replace(GOOD, retries=1),))) == []
