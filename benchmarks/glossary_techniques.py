"""Ways to bring a term into the English of a model that can't be forced, on the same sentences.

    python -m benchmarks.glossary_techniques [--dev FOLDER] [--limit N]

For terms of the news glossary that the plain model misses, in sentences of one chunk: the share that stands once
with each way, and chrF of the words that are left when the term is taken out of output and reference (where the
reference has it; for the share that a way doesn't place, the plain output counts). *Latin*: the English term
written into the Arabic. *Placeholder*: a Latin abbreviation there, exchanged afterwards. *n-best*: another
hypothesis. *Linked*: the words that the attention links to the term are exchanged, any or a single capitalised
run only. *Stand-in*: a known word in the Arabic, exchanged afterwards.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.glossary import SETS
from benchmarks.measure import table
from benchmarks.model_scores import DEV, read
from models import arabic
from models.alignment import align
from models.document import Span
from models.engines.base import DecodingOptions, Engine, Hypothesis
from models.engines.registry import EngineOptions, create
from models.glossary import Match, news_glossary
from models.glossary.english import English, english, place
from models.glossary.stand_ins import NAMES, kinds
from models.glossary.substituting import linked_words
from models.glossary.wording import Edit, edited
from models.manifest import STARTER, InstalledModel

LONGEST = 48
BATCH = 16


@dataclass(frozen=True, slots=True)
class Missed:
    """A sentence, a term that the plain English misses, and that English with its pieces and attention."""

    source: str
    reference: str
    match: Match
    plain: str
    pieces: list[str]
    best: Hypothesis

    @property
    def target(self) -> English:
        return english(self.match.term.target)

    def with_word(self, word: str, clitics: bool) -> str:
        """The sentence with `word` instead of the term, after what leaned on the term or without it."""
        leaning = self.source[self.match.words.start : self.match.span.start] if clitics else ""
        return edited(self.source, [Edit(self.match.words, leaning.removesuffix("ال") + word)]).text


class Decoder:
    """The bundled model in batches sorted by length."""

    def __init__(self, engine: Engine, decoding: DecodingOptions) -> None:
        self.engine, self.decoding = engine, decoding

    def __call__(self, texts: Sequence[str], **options: int) -> list[list[str]]:
        return [self.engine.decode([h.pieces for h in hs]) for _, hs in self.raw(texts, **options)]

    def raw(self, texts: Sequence[str], **options: int) -> list[tuple[list[str], tuple[Hypothesis, ...]]]:
        pieces = self.engine.encode(texts)
        order = sorted(range(len(texts)), key=lambda i: len(pieces[i]))
        found: dict[int, tuple[Hypothesis, ...]] = {}
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            made = self.engine.translate([pieces[i] for i in part], self.decoding.with_(**options))
            found.update(zip(part, made, strict=True))
        return [(pieces[i], found[i]) for i in range(len(texts))]


def missed(decode: Decoder, dev: Path, limit: int) -> list[Missed]:
    """All terms that the plain English misses in sentences of one chunk."""
    glossary = news_glossary()
    pairs = [
        (arabic.for_model(p.source).text, p.reference) for s in SETS for p in read(dev / f"{s}.tsv", limit)
    ]
    termed = [(s, r, glossary.find(s)) for s, r in pairs]
    termed = [t for t in termed if t[2] and len(decode.engine.encode([t[0]])[0]) <= LONGEST]
    found = []
    outputs = decode.raw([s for s, _, _ in termed], num_hypotheses=1, attention=True)
    for (source, reference, matches), (pieces, (best,)) in zip(termed, outputs, strict=True):
        (plain,) = decode.engine.decode([best.pieces])
        found += [
            Missed(source, reference, m, plain, pieces, best)
            for m in matches
            if not english(m.term.target).find(plain)
        ]
    return found


def latin(decode: Decoder, cases: Sequence[Missed]) -> list[str | None]:
    outputs = decode([c.with_word(c.target.core, True) for c in cases], num_hypotheses=1)
    return [
        text if len(c.target.find(text)) == 1 else None for c, (text,) in zip(cases, outputs, strict=True)
    ]


def exchanged(decode: Decoder, cases: Sequence[Missed], arabic_: str, word: str) -> list[str | None]:
    """`arabic_` written for the term, and the term put where `word` comes out."""
    outputs = decode([c.with_word(arabic_, True) for c in cases], num_hypotheses=1)
    result: list[str | None] = []
    for case, (text,) in zip(cases, outputs, strict=True):
        spans = english(word).find(text)
        fits = len(spans) == 1 and not english(word).find(case.plain)
        result.append(edited(text, [place(text, spans[0], case.target)]).text if fits else None)
    return result


def n_best(decode: Decoder, cases: Sequence[Missed], beam: int) -> list[str | None]:
    outputs = decode([c.source for c in cases], beam_size=beam, num_hypotheses=beam)
    return [
        next((t for t in texts if len(c.target.find(t)) == 1), None)
        for c, texts in zip(cases, outputs, strict=True)
    ]


def linked(cases: Sequence[Missed], names: bool) -> list[str | None]:
    result: list[str | None] = []
    for case in cases:
        links = align(case.source, case.pieces, case.plain, case.best)
        at: Span | None = linked_words(case.plain, links, case.match.words, case.target, names=names)
        result.append(edited(case.plain, [place(case.plain, at, case.target)]).text if at else None)
    return result


def stand_ins(decode: Decoder, cases: Sequence[Missed], most: int) -> list[str | None]:
    """The first stand-in, of at most `most`, that comes out once."""
    result: list[str | None] = [None] * len(cases)
    for step in range(most):
        left = [n for n, text in enumerate(result) if text is None and step < len(kinds(cases[n].match))]
        for n in left:
            case, stand_in = cases[n], kinds(cases[n].match)[step]
            clitics = case.source[case.match.words.start : case.match.span.start]
            word = stand_in.written(clitics, case.match.definite, "")
            ((text,),) = decode([case.with_word(word, False)], num_hypotheses=1)
            spans = english(stand_in.english).find(text)
            if len(spans) == len(list(stand_in.traces.finditer(text))) == 1:
                result[n] = edited(text, [place(text, spans[0], case.target)]).text
    return result


def rest(cases: Sequence[Missed], outputs: Sequence[str | None]) -> float:
    from sacrebleu.metrics.chrf import CHRF

    kept = [(c, o or c.plain) for c, o in zip(cases, outputs, strict=True) if c.target.find(c.reference)]
    left = [c.target.pattern.sub(" ", text) for c, text in kept]
    return float(CHRF().corpus_score(left, [[c.target.pattern.sub(" ", c.reference) for c, _ in kept]]).score)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", type=Path, default=DEV)
    parser.add_argument("--limit", type=int, default=0, help="pairs of each set, spread over it")
    given = parser.parse_args()
    model = InstalledModel.at(STARTER)
    decode = Decoder(create(model, EngineOptions(workers=1)), model.manifest.decoding_options())
    cases = missed(decode, given.dev, given.limit)
    name = NAMES[0]
    ways: dict[str, Callable[[], Sequence[str | None]]] = {
        "plain": lambda: [None] * len(cases),
        "Latin": lambda: latin(decode, cases),
        "placeholder BBC": lambda: exchanged(decode, cases, "BBC", "BBC"),
        "n-best, beam 4": lambda: n_best(decode, cases, 4),
        "n-best, beam 8": lambda: n_best(decode, cases, 8),
        "linked, a garbled name": lambda: linked(cases, True),
        "linked, any words": lambda: linked(cases, False),
        f"stand-in {name.english}": lambda: exchanged(decode, cases, name.arabic, name.english),
        "stand-ins, up to 4": lambda: stand_ins(decode, cases, 4),
        "stand-ins, up to 9": lambda: stand_ins(decode, cases, 9),
    }
    rows = []
    for way, run in ways.items():
        outputs = run()
        placed = sum(o is not None for o in outputs)
        rows.append([way, f"{placed} of {len(cases)}", f"{rest(cases, outputs):.2f}"])
    print(table(["way", "stands once", "chrF of the rest"], rows))
    decode.engine.close()


if __name__ == "__main__":
    main()
