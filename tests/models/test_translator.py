"""Translator: one rendering per text whatever the text, repairs, cache, evidence. The engine is scripted: it
"translates" word by word, so that order and loss are visible, and misbehaves where a test asks it to."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from models.attempts import Job
from models.batching import Batcher, BatchingOptions, Ticket
from models.document import ChunkEvidence, Rendering, Span
from models.engines.base import DecodingOptions, EngineInfo, Hypothesis
from models.errors import Busy
from models.translator import TranslateOptions, Translator, extra

Behaviour = Callable[[Sequence[str], DecodingOptions], Hypothesis]


def faithful(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
    return Hypothesis(tuple(f"en{len(p)}_{p}" for p in pieces), -0.3, True)


class Scripted:
    """One piece per word."""

    info = EngineInfo("scripted", "7", "test", "none", "cpu", 12)

    def __init__(self) -> None:
        self.behave: Behaviour = faithful
        self.seen: list[tuple[Sequence[str], DecodingOptions]] = []

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return [t.split() for t in texts]

    def decode(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        return [" ".join(p) for p in pieces]

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        self.seen += [(c, options) for c in chunks]
        return [(self.behave(c, options),) * options.num_hypotheses for c in chunks]

    def close(self) -> None: ...


@pytest.fixture
def engine() -> Scripted:
    return Scripted()


@pytest.fixture
def translator(engine: Scripted) -> Iterator[Translator]:
    batcher = Batcher(engine, BatchingOptions(workers=2))
    yield Translator(engine, batcher, DecodingOptions(beam_size=1))
    batcher.close()


def one(translator: Translator, text: str) -> Rendering:
    (rendering,) = translator.translate([text])
    return rendering


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "12 345.6",
        "١٢٬٣٤٥",
        "🙂🙂",
        "BBC News",
        "https://example.org/a?b=c",
        "---",
        "«»",
        "\u200f\u200e",
        "ًٌٍ",
        "ـــ",
        "\x00\ufeff",
    ],
)
def test_what_is_not_arabic_language_passes_through_to_the_letter(translator: Translator, text: str) -> None:
    rendering = one(translator, text)
    assert rendering == Rendering(text, text, passed_through=True, signature=translator.signature)


def test_one_rendering_per_text_in_order_with_repeats(translator: Translator, engine: Scripted) -> None:
    texts = ["بيروت", "", "BBC", "دمشق", "بيروت", "قناة BBC العربية", "بيروت"]
    renderings = translator.translate(texts)
    assert [r.source for r in renderings] == texts
    assert "بيروت" in renderings[0].text
    assert renderings[0].text == renderings[4].text
    assert sum(list(c) == ["بيروت"] for c, _ in engine.seen) == 1


def test_a_five_thousand_word_paragraph_keeps_every_word_in_order(
    translator: Translator, engine: Scripted
) -> None:
    words = [f"كلمة{i}" for i in range(5_000)]
    rendering = one(translator, " ".join(words))
    assert [w.split("_")[1] for w in rendering.text.split()] == words
    assert all(len(c) <= engine.info.max_source_tokens for c, _ in engine.seen)
    assert all(chunk.target.of(rendering.text).strip() for chunk in rendering.chunks)


def test_evidence_points_at_the_original_text(translator: Translator) -> None:
    text = (
        "قالَـــت الوزيرةُ إنّ الاجتماع انتهى، حيث اتفق الطرفان على كل النقاط "
        "التي كانت عالقة بينهما منذ أشهر طويلة"
    )
    rendering = one(translator, text)
    assert len(rendering.chunks) > 1
    assert rendering.chunks[0].source.start == 0
    assert rendering.chunks[-1].source.end == len(text)
    for before, after in zip(rendering.chunks, rendering.chunks[1:], strict=False):
        assert before.source.end <= after.source.start
        assert text[before.source.end : after.source.start].strip() == ""
        assert before.target.end <= after.target.start


def test_the_cache_answers_the_second_time_and_says_so(translator: Translator, engine: Scripted) -> None:
    first = one(translator, "خبر عاجل")
    calls = len(engine.seen)
    second = one(translator, "خبر عاجل")
    assert (first.cached, second.cached, len(engine.seen)) == (False, True, calls)
    assert second.text == first.text


def test_other_options_are_another_cache_entry(translator: Translator, engine: Scripted) -> None:
    translator.translate(["خبر عاجل"])
    calls = len(engine.seen)
    translator.translate(["خبر عاجل"], TranslateOptions(alternatives=2))
    assert len(engine.seen) > calls


def test_a_looping_chunk_is_decoded_again_with_firmer_settings(
    translator: Translator, engine: Scripted
) -> None:
    def loops_unless_firm(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
        if options.repetition_penalty > 1:
            return Hypothesis(("fine", "now"), -0.2, True)
        return Hypothesis(("poor",) * 9, -0.1, True)

    engine.behave = loops_unless_firm
    rendering = one(translator, "الفقراء في المدينة")
    assert rendering.text.lower() == "fine now"
    assert [(c.retries, c.looping) for c in rendering.chunks] == [(1, False)]


def test_a_loop_that_stays_is_kept_and_marked(translator: Translator, engine: Scripted) -> None:
    engine.behave = lambda pieces, options: Hypothesis(("poor",) * 9, -0.1, True)
    rendering = one(translator, "الفقراء في المدينة")
    assert rendering.text
    assert all(c.looping for c in rendering.chunks)
    assert len(engine.seen) == 2
    assert not any(c.split for c in rendering.chunks)


def test_an_unfinished_hypothesis_is_split_and_retried(translator: Translator, engine: Scripted) -> None:
    def short_breath(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
        return Hypothesis(faithful(pieces, options).pieces, -0.4, len(pieces) < 7)

    engine.behave = short_breath
    words = [f"كلمة{i}" for i in range(10)]
    rendering = one(translator, " ".join(words))
    assert [w.split("_")[1] for w in rendering.text.split()] == words
    assert all(c.complete and c.split for c in rendering.chunks)
    assert len(rendering.chunks) > 1


def test_one_that_never_finishes_is_marked_incomplete(translator: Translator, engine: Scripted) -> None:
    engine.behave = lambda pieces, options: Hypothesis(("endless", *pieces), -0.4, False)
    rendering = one(translator, " ".join(f"كلمة{i}" for i in range(12)))
    assert rendering.chunks
    assert not any(c.complete for c in rendering.chunks)


def test_alternatives_are_whole_distinct_texts(translator: Translator, engine: Scripted) -> None:
    counter = iter(range(1000))
    engine.behave = lambda pieces, options: Hypothesis((f"way{next(counter)}",), -0.4, True)
    original = engine.translate

    def n_best(chunks: Sequence[Sequence[str]], options: DecodingOptions) -> list[tuple[Hypothesis, ...]]:
        return [tuple(engine.behave(c, options) for _ in range(options.num_hypotheses)) for c in chunks]

    engine.translate = n_best  # type: ignore[method-assign]
    (rendering,) = translator.translate(["خبر"], TranslateOptions(alternatives=3))
    assert len({rendering.text, *rendering.alternatives}) == 4
    engine.translate = original  # type: ignore[method-assign]


def test_progress_counts_texts_and_ends_complete(translator: Translator) -> None:
    seen: list[tuple[int, int]] = []
    translator.translate([f"خبر رقم {i}" for i in range(50)], progress=lambda d, t: seen.append((d, t)))
    assert seen[-1] == (50, 50)
    assert seen == sorted(seen)


def test_an_engine_error_is_not_swallowed(translator: Translator, engine: Scripted) -> None:
    def broken(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
        raise RuntimeError("no memory")

    engine.behave = broken
    with pytest.raises(RuntimeError, match="no memory"):
        translator.translate(["خبر"])
    engine.behave = faithful
    assert one(translator, "خبر").text


def test_the_signature_names_what_shapes_the_output(engine: Scripted) -> None:
    batcher = Batcher(engine)
    signatures = {
        Translator(engine, batcher, decoding).signature
        for decoding in (
            DecodingOptions(),
            DecodingOptions(beam_size=2),
            DecodingOptions(length_penalty=0.8),
            DecodingOptions(repetition_penalty=1.1),
            DecodingOptions(no_repeat_ngram_size=3),
        )
    }
    batcher.close()
    assert len(signatures) == 5
    assert all("scripted@7" in s and "norm:" in s and "cut:" in s for s in signatures)


def n_best(*ranked: str, finished: bool = True) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(tuple(text.split()), -0.1 * (n + 1), finished) for n, text in enumerate(ranked))


class Beam(Scripted):
    """Answers with what is set for each beam size; asked for more than there is, it repeats the last."""

    def __init__(self, **by_beam: tuple[Hypothesis, ...]) -> None:
        super().__init__()
        self.by_beam = by_beam

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        self.seen += [(c, options) for c in chunks]
        found = self.by_beam[f"beam{options.beam_size}"]
        return [(found + found[-1:] * 8)[: options.num_hypotheses] for _ in chunks]


@pytest.mark.parametrize(
    ("narrow", "wide", "expected", "beams"),
    [
        (
            ["In 1990 12 people", "In 1980 12 people"],
            ["-"],
            "In 1990 12 people",
            [4],
        ),  # the likeliest is good
        (["In 1980 12 people", "In 1990 13 people", "In 1990 12 people"], ["-"], "In 1990 12 people", [4]),
        (["12 12 12 12 12 12 1990", "In 1990 12 people"], ["-"], "In 1990 12 people", [4]),
        (["In 1980 12 people"], ["In 1970 12 people", "In 1990 12 people"], "In 1990 12 people", [4, 8]),
        (
            ["In 1980 12 people"],
            ["In 1970 12 people"],
            "In 1980 12 people",
            [4, 8],
        ),  # as bad: the likelier one
        (["In 1980 13 people"], ["In 1970 12 people"], "In 1970 12 people", [4, 8]),  # the lesser evil
    ],
)
def test_the_first_hypothesis_without_a_fault_is_taken(
    narrow: list[str], wide: list[str], expected: str, beams: list[int]
) -> None:
    engine = Beam(beam4=n_best(*narrow), beam8=n_best(*wide))
    batcher = Batcher(engine, BatchingOptions(workers=1))
    (rendering,) = Translator(engine, batcher, DecodingOptions(beam_size=4)).translate(["عام 1990 شخصا 12"])
    batcher.close()
    assert rendering.text == expected
    assert [options.beam_size for _, options in engine.seen] == beams
    assert [chunk.retries for chunk in rendering.chunks] == [len(beams) - 1]


def test_a_hypothesis_that_did_not_end_is_not_taken_for_its_numbers() -> None:
    ranked = n_best("In 1980 people") + n_best("In 1990 people", finished=False)
    engine = Beam(beam4=ranked, beam8=ranked)
    batcher = Batcher(engine, BatchingOptions(workers=1))
    (rendering,) = Translator(engine, batcher, DecodingOptions(beam_size=4)).translate(["عام 1990"])
    batcher.close()
    assert rendering.text == "In 1980 people"


@pytest.mark.parametrize(
    "text", ["In 1990 people died .", "In 1980 people died ."], ids=["without a fault", "with as many"]
)
def test_a_hypothesis_that_ended_is_taken_before_one_that_did_not(text: str) -> None:
    first = "In 1990 and then" if "1990" in text else "In 1980 and then"
    engine = Beam(beam4=n_best(first, finished=False) + n_best(text), beam8=n_best(text))
    batcher = Batcher(engine, BatchingOptions(workers=1))
    (rendering,) = Translator(engine, batcher, DecodingOptions(beam_size=4)).translate(["عام 1990 ناس"])
    batcher.close()
    assert rendering.text == text
    assert all(chunk.complete and not chunk.split for chunk in rendering.chunks)


def test_what_was_cut_off_is_cut_up_at_once_also_when_a_number_is_missing(
    translator: Translator, engine: Scripted
) -> None:
    def short_breath(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
        return Hypothesis(faithful(pieces[:3], options).pieces, -0.4, len(pieces) <= 3)

    engine.behave = short_breath
    rendering = one(translator, " ".join(f"كلمة{n}" for n in "abcdefghi") + " عام 1990 ناس")
    assert all(chunk.complete for chunk in rendering.chunks)
    assert "1990" in rendering.text


def test_a_wide_beam_is_not_searched_again_and_alternatives_keep_all(engine: Scripted) -> None:
    beam = Beam(beam8=n_best("In 1980 people", "In 1970 people", "In 1990 13 people"))
    batcher = Batcher(beam, BatchingOptions(workers=1))
    translator = Translator(beam, batcher, DecodingOptions(beam_size=8))
    (rendering,) = translator.translate(["عام 1990 ناس"], TranslateOptions(alternatives=2))
    batcher.close()
    assert len(beam.seen) == 1
    assert rendering.text == "In 1980 people"
    assert rendering.alternatives == ("In 1970 people", "In 1990 13 people")


def test_a_greedy_search_is_not_repeated_as_it_was(translator: Translator, engine: Scripted) -> None:
    engine.behave = lambda pieces, options: Hypothesis(("1980",), -0.1, True)
    assert one(translator, "عام 1990").text == "1980"
    assert len(engine.seen) == 1


def test_a_list_mark_is_kept_and_only_what_follows_is_translated(
    translator: Translator, engine: Scripted
) -> None:
    rendering = one(translator, "\u200f١. وزارةُ الصحة")
    assert rendering.text.startswith("1. En")
    assert [list(c) for c, _ in engine.seen] == [["وزارة", "الصحة"]]
    (chunk,) = rendering.chunks
    assert chunk.source.of(rendering.source) == "وزارةُ الصحة"
    assert chunk.target.of(rendering.text) == rendering.text[3:]


def test_further_translations_have_the_list_mark_too(translator: Translator, engine: Scripted) -> None:
    def ranked(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
        ranked.count += 1  # type: ignore[attr-defined]
        return Hypothesis((f"one{ranked.count}", *pieces), -0.3, True)  # type: ignore[attr-defined]

    ranked.count = 0  # type: ignore[attr-defined]
    engine.behave = ranked
    (rendering,) = translator.translate(["• وزارة"], TranslateOptions(alternatives=1))
    assert all(text.startswith("• ") for text in (rendering.text, *rendering.alternatives))


@pytest.mark.parametrize("text", ["1.", "(أ)", "أ.", "ب) BBC", "•"])
def test_a_list_mark_without_arabic_behind_it_passes_through(translator: Translator, text: str) -> None:
    assert one(translator, text) == Rendering(text, text, passed_through=True, signature=translator.signature)


def test_a_long_list_item_is_cut_behind_its_mark(translator: Translator) -> None:
    text = "1- " + " ".join(f"كلمة{i}" for i in range(100))
    rendering = one(translator, text)
    assert rendering.chunks[0].source.start == 3
    assert rendering.chunks[0].target.start == 3
    assert {chunk.target.of(rendering.text)[:2].lower() for chunk in rendering.chunks} == {"en"}
    assert rendering.chunks[-1].source.end == len(text)


class TestAFullQueue:
    """One worker, which "filler" holds up until the gate is opened."""

    @pytest.fixture
    def gate(self) -> threading.Event:
        return threading.Event()

    @pytest.fixture
    def batcher(self, engine: Scripted, gate: threading.Event) -> Iterator[Batcher]:
        made = Batcher(engine, BatchingOptions(workers=1, queue_tokens=40))
        yield made
        gate.set()
        made.close()

    def test_does_not_refuse_halfway_what_it_has_taken(
        self, engine: Scripted, batcher: Batcher, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submit = batcher.submit
        rounds: list[int] = []

        def watched(*args: Any, **named: Any) -> Ticket:
            rounds.append(len(rounds))
            try:
                return submit(*args, **named)
            finally:
                if len(rounds) > 1:
                    gate.set()

        def unfinished_at_first(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
            if pieces[0] == "filler":
                assert gate.wait(10)
            elif len(rounds) == 1:
                submit([["filler"] * 2], DecodingOptions(beam_size=2))
                submit([["filler"] * 35], DecodingOptions(beam_size=3))
                return Hypothesis(("cut",), -0.3, False)
            return faithful(pieces, options)

        engine.behave = unfinished_at_first
        monkeypatch.setattr(batcher, "submit", watched)
        translator = Translator(engine, batcher, DecodingOptions(beam_size=1))
        rendering = one(translator, "قال الوزير إن الوفد وصل إلى المدينة صباح اليوم")
        assert len(rounds) == 2
        assert all(chunk.complete and chunk.split for chunk in rendering.chunks)

    def test_keeps_nothing_of_what_it_refuses(
        self, engine: Scripted, batcher: Batcher, gate: threading.Event
    ) -> None:
        started = threading.Event()

        def held(pieces: Sequence[str], options: DecodingOptions) -> Hypothesis:
            started.set()
            assert gate.wait(10)
            return faithful(pieces, options)

        engine.behave = held
        batcher.submit([["filler"]], DecodingOptions(beam_size=2))
        assert started.wait(10)
        translator = Translator(engine, batcher, DecodingOptions(beam_size=1))
        jobs = [
            Job(0, Span(0, 3), "كلمة " * words, DecodingOptions(beam_size=beam))
            for words, beam in ((10, 1), (35, 4))
        ]
        with pytest.raises(Busy):
            translator._run(jobs, "interactive")
        assert batcher.queued_tokens()["interactive"] == 0


def test_the_cache_counts_alternatives_and_alignments() -> None:
    plain = Rendering("خبر", "news")
    pair = (Span(0, 3), Span(0, 4))
    assert extra(replace(plain, alternatives=("a" * 10_000,))) >= extra(plain) + 10_000
    assert extra(replace(plain, alignment=(pair,) * 1_000)) >= extra(plain) + 100_000
    assert extra(replace(plain, chunks=(ChunkEvidence(*pair, -0.3, None, 1, 1),) * 10)) > extra(plain)


def test_what_the_cache_holds_is_weighed_whole(translator: Translator) -> None:
    rendering = one(translator, "كلمة " * 200)
    assert len(rendering.chunks) > 10
    assert translator._cache._weight >= len(rendering.text) + extra(rendering)
