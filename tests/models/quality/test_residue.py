import pytest

from models.quality import residue


@pytest.mark.parametrize("target", ["All in English.", "12 ٤٥, 30%", "“Quoted”؟", "naïve café", ""])
def test_nothing_left(target: str) -> None:
    assert residue.check("نص", target) == []


@pytest.mark.parametrize(
    ("target", "left", "severity"),
    [
        ("He went to السوق yesterday", "السوق", "major"),
        ("It was ﷼ here", "﷼", "major"),
        ("ذهب إلى السوق", "ذهب إلى السوق", "critical"),
        ("the ⁇ ran", "⁇", "major"),
        ("the \ufffd ran", "\ufffd", "major"),
    ],
)
def test_left(target: str, left: str, severity: str) -> None:
    (flag,) = residue.check("ذهب إلى السوق", target)
    assert (flag.code, flag.severity) == ("untranslated", severity)
    assert flag.en is not None
    assert flag.en.of(target) == left


def test_the_source_is_pointed_at_where_it_holds_the_same_words() -> None:
    (flag,) = residue.check("ذهب إلى السوق", "He went to السوق")
    assert flag.ar is not None
    assert flag.ar.of("ذهب إلى السوق") == "السوق"
