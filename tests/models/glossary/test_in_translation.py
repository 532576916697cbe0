"""Glossaries through the translator: what is changed, what is left alone, what is flagged. The engine is a
word-by-word dictionary, so that it is plain what it knows and what it doesn't."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings

from models.batching import Batcher, BatchingOptions
from models.document import Article, Rendering
from models.engines.base import DecodingOptions, EngineInfo, Hypothesis
from models.glossary import Glossary, Term, news_glossary
from models.pipeline import Pipeline, SummaryOptions
from models.summarize.extractive import ExtractiveSummarizer
from models.translator import TranslateOptions, Translator
from tests.models.test_text_properties import articles

WORDS = {
    "قال": "said", "في": "in", "قرب": "near", "هاجم": "attacked", "من": "from", "جديد": "new",
    "روسيا": "Russia", "بروسيا": "in Russia", "تركيا": "Turkey", "العراق": "Iraq", "فرنسا": "France",
    "الرئيس": "the president", "رئيس": "president", "رئيسها": "its president",
    "الأمم": "United", "المتحدة": "Nations", "مارس": "March", "يناير": "January",
}  # fmt: skip


class Dictionary:
    """One piece per word; a word that it doesn't know comes out as `what`. The attention is the order. The
    second hypothesis of `alike` words says `ISIS` for داعش."""

    def __init__(self, known: dict[str, str] | None = None, limit: int = 40) -> None:
        self.info = EngineInfo("dictionary", "1", "test", "none", "cpu", limit, has_alignment=True)
        self.words = known if known is not None else WORDS
        self.second: dict[str, str] = {}
        self.seen: list[tuple[tuple[str, ...], DecodingOptions]] = []

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return [["▁" + word for word in text.split()] for text in texts]

    def decode(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        return ["".join(p).replace("▁", " ").strip() for p in pieces]

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        self.seen += [(tuple(c), options) for c in chunks]
        return [
            tuple(self._hypothesis(c, rank, options.attention) for rank in range(options.num_hypotheses))
            for c in chunks
        ]

    def _hypothesis(self, chunk: Sequence[str], rank: int, attention: bool) -> Hypothesis:
        words = self.words | (self.second if rank else {})
        pieces: list[str] = []
        rows: list[tuple[float, ...]] = []
        for n, piece in enumerate(chunk):
            english = words.get(piece[1:].strip(".،"), f"w{len(piece)}").split()
            pieces += [f"▁{word}" for word in english]
            rows += [tuple(float(n == s) for s in range(len(chunk)))] * len(english)
        return Hypothesis(tuple(pieces), -0.3 - 0.1 * rank, True, tuple(rows) if attention else None)

    def close(self) -> None: ...


@pytest.fixture
def engine() -> Dictionary:
    return Dictionary()


@pytest.fixture
def translator(engine: Dictionary) -> Iterator[Translator]:
    batcher = Batcher(engine, BatchingOptions(workers=1))
    yield Translator(engine, batcher, DecodingOptions(beam_size=2))
    batcher.close()


def one(translator: Translator, text: str, *terms: Term, **options: bool) -> Rendering:
    asked = TranslateOptions(glossary=Glossary.from_terms(terms) if terms else None, **options)  # type: ignore[arg-type]
    (rendering,) = translator.translate([text], asked)
    return rendering


SDF = Term("قسد", "the SDF")
ISIS = Term("داعش", "ISIS")


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("هاجم داعش", (ISIS,), "Attacked ISIS"),
        ("هاجم داعش قرب قسد", (ISIS, SDF), "Attacked ISIS near the SDF"),
        ("داعش هاجم داعش", (ISIS,), "ISIS attacked ISIS"),
        ("قسد هاجم", (SDF,), "The SDF attacked"),
        ("هاجم الوالي", (Term("الوالي", "governor"),), "Attacked the governor"),
        ("هاجم واليها", (Term("والي", "governor"),), "Attacked its governor"),
        ("قال في آذار", (Term("آذار", "March"),), "Said in March"),
        ("قال في الأُمم المتّحدة", (Term("الأمم المتحدة", "the UN"),), "Said in the UN"),
    ],
)
def test_a_term_that_the_model_misses_stands_in_its_place(
    translator: Translator, text: str, terms: tuple[Term, ...], expected: str
) -> None:
    rendering = one(translator, text, *terms)
    assert (rendering.text, rendering.flags) == (expected, ())


def test_a_hypothesis_with_the_term_and_a_wrong_number_is_not_taken(
    translator: Translator, engine: Dictionary
) -> None:
    engine.words = {"قال": "said", "1990": "1990"}
    engine.second = {"داعش": "ISIS", "1990": "1980"}
    engine.info = replace(engine.info, has_alignment=False)
    rendering = one(translator, "قال داعش 1990", ISIS)
    assert "1990" in rendering.text
    assert [flag.code for flag in rendering.flags] == ["glossary_missed"]


def test_another_hypothesis_that_has_the_term_is_taken(translator: Translator, engine: Dictionary) -> None:
    engine.words = {"قال": "said"}  # knows no stand-in
    engine.second = {"داعش": "ISIS"}
    assert one(translator, "قال داعش", ISIS).text == "Said ISIS"


def test_what_cannot_be_placed_is_flagged_where_it_stands(translator: Translator, engine: Dictionary) -> None:
    engine.words = {"قال": "said"}
    text = "قالَ وداعـش"
    rendering = one(translator, text, ISIS)
    assert rendering.text == one(translator, text).text
    (flag,) = rendering.flags
    assert (flag.code, flag.severity) == ("glossary_missed", "major")
    assert flag.ar is not None
    assert flag.ar.of(text) == "داعـش"


def test_one_of_two_terms_is_placed_and_the_other_flagged(translator: Translator, engine: Dictionary) -> None:
    engine.words = WORDS | {"روسيا": "the Kremlin", "تركيا": "Turks"}
    rendering = one(translator, "آذار داعش", Term("آذار", "March"), Term("داعش", "ISIS"))
    assert rendering.flags == ()
    engine.words = {"يناير": "January"}
    rendering = one(translator, "هاجم آذار داعش", Term("آذار", "March"), Term("داعش", "ISIS"))
    assert "March" in rendering.text
    assert [f.message for f in rendering.flags] == ["The glossary's “ISIS” could not be placed."]


def test_a_term_that_stands_already_changes_nothing_but_its_spelling(
    translator: Translator, engine: Dictionary
) -> None:
    engine.words = WORDS | {"داعش": "isis"}
    assert one(translator, "هاجم داعش", ISIS).text == "Attacked ISIS"
    assert len(engine.seen) == 1


def test_alignment_goes_by_the_term(translator: Translator) -> None:
    text = "هاجم داعش قرب المنظمة"
    rendering = one(translator, text, ISIS, Term("المنظمة", "the Big Club"), alignments=True)
    assert rendering.text == "Attacked ISIS near the Big Club"
    assert rendering.alignment is not None
    assert [(s.of(text), t.of(rendering.text)) for s, t in rendering.alignment] == [
        ("هاجم", "Attacked"),
        ("داعش", "ISIS"),
        ("قرب", "near"),
        ("المنظمة", "the"),
        ("المنظمة", "Big"),
        ("المنظمة", "Club"),
    ]


def test_chunks_are_not_cut_inside_a_term() -> None:
    engine = Dictionary(limit=6)
    batcher = Batcher(engine, BatchingOptions(workers=1))
    translator = Translator(engine, batcher, DecodingOptions(beam_size=2))
    for lead in range(1, 12):
        text = " ".join(["قال"] * lead + ["دير", "الزور"] + ["قال"] * 9)
        rendering = one(translator, text, Term("دير الزور", "Deir ez-Zor"))
        assert rendering.text.count("Deir ez-Zor") == 1, lead
        assert all(len(chunk) <= 6 for chunk, _ in engine.seen)
    batcher.close()


def test_the_glossary_is_part_of_cache_and_signature(translator: Translator) -> None:
    plain = one(translator, "هاجم داعش")
    mine = one(translator, "هاجم داعش", ISIS)
    yours = one(translator, "هاجم داعش", Term("داعش", "Islamic State"))
    assert len({plain.text, mine.text, yours.text}) == 3
    assert len({plain.signature, mine.signature, yours.signature}) == 3
    again = one(translator, "هاجم داعش", ISIS)
    assert (again.cached, again.text) == (True, mine.text)


def test_alternatives_have_the_terms_too(translator: Translator) -> None:
    asked = TranslateOptions(alternatives=2, glossary=Glossary.from_terms([ISIS]))
    (rendering,) = translator.translate(["هاجم داعش"], asked)
    assert rendering.text == "Attacked ISIS"
    assert all("ISIS" in text for text in rendering.alternatives)


def test_the_flag_reaches_the_translation(translator: Translator, engine: Dictionary) -> None:
    engine.words = {"قال": "said"}
    pipeline = Pipeline(translator, {})
    asked = TranslateOptions(glossary=Glossary.from_terms([ISIS]))
    (result,) = pipeline.translate(["قال. قال داعش."], asked)
    first, second = result.translations
    assert "glossary_missed" not in {f.code for f in first.flags}
    (flag,) = [f for f in second.flags if f.code == "glossary_missed"]
    assert flag.ar is not None
    assert flag.ar.shifted(second.segment.start).of(result.source) == "داعش"
    assert asked.glossary is not None
    assert asked.glossary.signature in second.signature


def test_summaries_and_their_cache_go_by_the_glossary(translator: Translator) -> None:
    pipeline = Pipeline(translator, {"extractive": ExtractiveSummarizer()})
    article = Article("هاجم داعش. قال الوالي في العراق.", title="داعش")

    def english(*terms: Term) -> tuple[str, str | None, set[str]]:
        glossary = Glossary.from_terms(terms) if terms else None
        result = pipeline.run(article, SummaryOptions(translate=TranslateOptions(glossary=glossary)))
        return result.english, result.title and result.title.en, {s.en for s in result.sentences}

    plain, mine = english(), english(ISIS)
    assert "ISIS" not in plain[0]
    assert mine[0].startswith("Attacked ISIS")
    assert mine[1] == "ISIS"
    assert any("ISIS" in sentence for sentence in mine[2])
    assert english() == plain


@settings(max_examples=60)
@given(articles())
def test_without_a_term_nothing_changes(text: str) -> None:
    glossary = news_glossary()
    engine = Dictionary()
    batcher = Batcher(engine, BatchingOptions(workers=1))
    translator = Translator(engine, batcher, DecodingOptions(beam_size=2))
    texts = [t for t in text.split("\n") if not glossary.find(t)]
    plain = translator.translate(texts)
    decoded = list(engine.seen)
    engine.seen.clear()
    with_ = translator.translate(texts, TranslateOptions(glossary=glossary))
    batcher.close()
    assert [r.text for r in with_] == [r.text for r in plain]
    assert sorted(map(repr, engine.seen)) == sorted(map(repr, decoded))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال في Megaphone جديد", "Said in Megaphone new"),
        ("قال في Offre Joie جديد", "Said in Offre Joie new"),
        ("هاجم Alpha قرب Beta", "Attacked Alpha near Beta"),
        ("قال https://example.org/a?b=1", "Said https://example.org/a?b=1"),
    ],
)
def test_names_in_latin_letters_come_out_as_they_are(
    translator: Translator, text: str, expected: str
) -> None:
    rendering = one(translator, text)
    assert rendering.text == expected
    assert rendering.flags == ()


@pytest.mark.parametrize(
    ("latin", "english"),
    [("F-16", "F16"), ("Café", "Cafe"), ("U.S.", "US"), ("NATO", "Nato"), ("BBC BBC", "BBC")],
)
def test_a_latin_name_that_stands_in_another_way_is_not_translated_again(
    engine: Dictionary, translator: Translator, latin: str, english: str
) -> None:
    engine.words = WORDS | dict.fromkeys(latin.strip(".").split(), english)
    rendering = one(translator, f"قال {latin} جديد")
    assert len(engine.seen) == 1
    assert rendering.flags == ()


def test_a_latin_name_that_cannot_be_placed_is_no_matter_of_the_glossary(engine: Dictionary) -> None:
    engine.words = {}  # not even the stand-ins
    engine.info = replace(engine.info, has_alignment=False)
    batcher = Batcher(engine, BatchingOptions(workers=1))
    rendering = one(Translator(engine, batcher, DecodingOptions(beam_size=2)), "قال في Megaphone جديد")
    batcher.close()
    assert "Megaphone" not in rendering.text
    assert rendering.flags == ()


def test_a_term_of_the_glossary_is_worth_more_than_latin_names(engine: Dictionary) -> None:
    """The only wording with the names would lose the term."""
    engine.words = {"داعش": "ISIS", "روسيا": "ISIS"}
    batcher = Batcher(engine, BatchingOptions(workers=1))
    rendering = one(
        Translator(engine, batcher, DecodingOptions(beam_size=2)),
        "هاجم داعش Alpha Beta",
        Term("داعش", "ISIS"),
    )
    batcher.close()
    assert "ISIS" in rendering.text
    assert rendering.flags == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال في #الأمم_المتحدة", "Said in the UN"),
        ("قال في ＃الأُمَمُ_المتّحدة", "Said in the UN"),
        ("قال في 🔴#الأمم_المتحدة", "Said in the UN"),
        ("قال #داعش_في_العراق و#قسد", "Said ISIS in Iraq the SDF"),
        ("قال في #نعم", "Said in Yes!"),
    ],
)
def test_terms_are_found_in_hashtags(translator: Translator, text: str, expected: str) -> None:
    terms = (Term("الأمم المتحدة", "the UN"), ISIS, SDF, Term("#نعم", "Yes!"))
    rendering = one(translator, text, *terms)
    words = " ".join(word for word in rendering.text.split() if word not in ("w2", "w3"))
    assert (words, rendering.flags) == (expected, ())
