"""The capital that an English sentence begins with, and what begins small on purpose."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.batching import Batcher, BatchingOptions
from models.engines.base import DecodingOptions
from models.engines.stub import StubEngine
from models.glossary import Glossary, Term, small
from models.joining import capitalised
from models.translator import TranslateOptions, Translator


@pytest.mark.parametrize(
    ("english", "kept", "expected"),
    [
        ("government approved 2026 budget", (), "Government approved 2026 budget"),
        ("The government", (), "The government"),
        ("“we will go”, he said", (), "“We will go”, he said"),
        ("(reuters) - talks", (), "(Reuters) - talks"),
        ("- first point", (), "- First point"),
        ("école nationale", (), "École nationale"),
        ("27 people arrested", (), "27 people arrested"),
        ("iPhone sales fall", (), "iPhone sales fall"),
        ("eBay buys", (), "eBay buys"),
        ("example.org is closed", (), "example.org is closed"),
        ("editor@example.org wrote", (), "editor@example.org wrote"),
        ("https://example.org/a says", (), "https://example.org/a says"),
        ("@minister wrote", (), "@minister wrote"),
        ("#gaza is trending", (), "#gaza is trending"),
        ("adidas opens a shop", ("adidas",), "adidas opens a shop"),
        ("“adidas” opens a shop", ("adidas",), "“adidas” opens a shop"),
        ("adidasland opens", ("adidas",), "Adidasland opens"),
        ("al-Qaeda said", ("al-Qaeda",), "al-Qaeda said"),
        ("ß", (), "ß"),
        ("ŉ", (), "ŉ"),
        ("", (), ""),
        (" …", (), " …"),
        ("وزارة", (), "وزارة"),
    ],
)
def test_the_first_letter(english: str, kept: tuple[str, ...], expected: str) -> None:
    assert capitalised(english, kept) == expected


@given(st.text())
def test_nothing_but_the_first_letter_changes(english: str) -> None:
    found = capitalised(english)
    assert len(found) == len(english)
    assert sum(a != b for a, b in zip(found, english, strict=True)) <= 1
    assert capitalised(found) == found


@pytest.fixture
def translator() -> Iterator[Translator]:
    engine = StubEngine()
    batcher = Batcher(engine, BatchingOptions(workers=1))
    yield Translator(engine, batcher, DecodingOptions(beam_size=2))
    batcher.close()


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("بدأ الاجتماع", "Bda "),
        ("«بدأ الاجتماع»", '"Bda '),
        ("iPhone جديد", "iPhone "),
        ("adidas تفتح متجرا", "adidas "),
        ("@saba قالت", "@saba "),
    ],
)
def test_in_a_translation(translator: Translator, text: str, start: str) -> None:
    (rendering,) = translator.translate([text], TranslateOptions(alternatives=1, alignments=True))
    assert rendering.text.startswith(start)
    assert all(other.startswith(start) for other in rendering.alternatives)
    words = [target.of(rendering.text) for _, target in rendering.alignment or ()]
    assert words == rendering.text.split()


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("adidas", ["adidas"]),
        ("al-Qaeda", ["al-Qaeda"]),
        ("the al-Hol camp", ["al-Hol camp"]),
        ("prime minister", []),
        ("the SDF", []),
        ("Megaphone", []),
    ],
)
def test_what_of_a_glossary_begins_small(target: str, kept: list[str]) -> None:
    found = Glossary.from_terms([Term("بدأ", target)]).find("بدأ الاجتماع")
    assert small(found) == kept
