"""What a glossary does to translations: terms placed, the rest of the words, untouched sentences, time.

    python -m benchmarks.glossary [--dev FOLDER] [--sets NAME,...] [--limit N] [--sentences 200]
        [--sample 50] [--json FILE]

*Missed terms*: sentences of the development sets with a term (the news glossary's, and names drawn from the
references) that the plain model misses. Share of terms that stand once for each time the Arabic has them,
share flagged, shares of outputs with a fault of grammar that shows round the term, and chrF of the words that
are left when the term is taken out of output and reference. *News glossary*: chrF of whole sets without and
with it, and the chunks decoded. *Untouched*: sentences without a term that came out differently (none may). *Matching*:
time a word with 10,000 terms. `--sample` prints outputs for the eye.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.glossary_terms import Case, cases, drawn
from benchmarks.measure import table
from benchmarks.model_scores import DEV, Pair, read
from benchmarks.systems import pipeline
from models.document import TextTranslation
from models.glossary import GLOSSARY_MISSED, Glossary, Match, Term, news_glossary
from models.glossary.english import english
from models.glossary.standing import missing
from models.pipeline import Pipeline
from models.translator import TranslateOptions

SETS = ("flores200_devtest", "pud_wiki", "mt_geneval_test", "news_written")
ONE_WORKER = {"MUJAZ_BATCHING__WORKERS": "1"}  # batches that don't depend on the moment
_FAULTS = re.compile(
    r"\b(the|an?) (the|an?)\b|\b(\w+) \3\b|['’]s['’]s?|\bof of\b| ['’]s\b|[a-z]\.[A-Za-z]{3,}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A missed term: its sentence, the plain English, and the English with the glossary."""

    case: Case
    match: Match
    plain: str
    output: str
    flagged: bool

    @property
    def placed(self) -> bool:
        same = [m for m in self.case.matches if m.term.target == self.match.term.target]
        return len(english(self.match.term.target).find(self.output)) == len(same)


@dataclass(frozen=True, slots=True)
class Report:
    sentences: int
    missed_by_plain: int
    placed: int
    flagged: int
    silent: int
    faults_plain: float
    faults: float
    rest_chrf_plain: float
    rest_chrf: float


def outcomes(plain: Sequence[TextTranslation], with_: Sequence[TextTranslation],
             found: Sequence[Case]) -> list[Outcome]:  # fmt: skip
    """One for each term that the plain English misses."""
    result = []
    for case, before, after in zip(found, plain, with_, strict=True):
        for match in missing(case.matches, before.english):
            flagged = any(
                flag.code == GLOSSARY_MISSED and flag.ar == _within(translation.segment.start, match)
                for translation in after.translations
                for flag in translation.flags
            )
            result.append(Outcome(case, match, before.english, after.english, flagged))
    return result


def _within(start: int, match: Match) -> object:
    return match.span.shifted(-start)


def report(results: Sequence[Outcome]) -> Report:
    from sacrebleu.metrics.chrf import CHRF

    def rest(texts: Sequence[str]) -> float:
        left = [_without(o.match, t) for o, t in zip(results, texts, strict=True)]
        references = [_without(o.match, o.case.pair.reference) for o in results]
        return float(CHRF().corpus_score(left, [references]).score)

    def faulty(texts: Sequence[str]) -> float:
        return sum(_FAULTS.search(text) is not None for text in texts) / len(texts)

    plain, outputs = [o.plain for o in results], [o.output for o in results]
    return Report(
        len({id(o.case) for o in results}), len(results), sum(o.placed for o in results),
        sum(o.flagged for o in results), sum(not o.placed and not o.flagged for o in results),
        faulty(plain), faulty(outputs), rest(plain), rest(outputs),
    )  # fmt: skip


def _without(match: Match, text: str) -> str:
    return " ".join(english(match.term.target).pattern.sub(" ", text).split())


def spread(items: Sequence[Case], wanted: int) -> list[Case]:
    step = max(1.0, len(items) / wanted)
    return [items[int(i * step)] for i in range(min(wanted, len(items)))]


class Counter:
    """Counts the chunks that the translator has the engine decode."""

    def __init__(self, pipe: Pipeline) -> None:
        self.chunks = 0
        batcher = pipe.translator.batcher
        submit = batcher.submit

        def counted(chunks: Sequence[Sequence[str]], *rest: object) -> object:
            self.chunks += len(chunks)
            return submit(chunks, *rest)  # type: ignore[arg-type]

        batcher.submit = counted  # type: ignore[assignment,method-assign]

    def since(self, before: int) -> int:
        return self.chunks - before


def news(pipe: Pipeline, sets: dict[str, list[Pair]]) -> tuple[list[list[str]], int]:
    """Rows of the table of whole sets, and the number of sentences without a term that changed."""
    from sacrebleu.metrics.chrf import CHRF

    glossary, rows, touched = news_glossary(), [], 0
    counter = Counter(pipe)
    for name, pairs in sets.items():
        texts, references = [p.source for p in pairs], [[p.reference for p in pairs]]
        started = counter.chunks
        plain = pipe.translate(texts)
        middle = counter.chunks
        with_ = pipe.translate(texts, TranslateOptions(glossary=glossary))
        termed = [bool(glossary.find(t)) for t in texts]
        touched += sum(a.english != b.english for a, b, t in zip(plain, with_, termed, strict=True) if not t)
        changed = sum(a.english != b.english for a, b in zip(plain, with_, strict=True))
        flags = sum(f.code == GLOSSARY_MISSED for r in with_ for t in r.translations for f in t.flags)
        scores = [
            CHRF().corpus_score([r.english for r in results], references).score for results in (plain, with_)
        ]
        rows.append([name, str(len(pairs)), str(sum(termed)), str(changed), str(flags),
                     *(f"{s:.2f}" for s in scores), str(middle - started),
                     str(counter.since(middle))])  # fmt: skip
    return rows, touched


def matching_microseconds(texts: Sequence[str], terms: int = 10_000) -> tuple[float, float]:
    """Time to make a glossary of that many terms (milliseconds), and to match a word with it."""
    source = [f"مصطلح{n} رقم{n % 97}" for n in range(terms - news_glossary().entry_count)]
    large = Glossary.from_terms([Term(s, "x") for s in source]).over(news_glossary())
    started = time.perf_counter()
    large.find("")
    made = time.perf_counter()
    for text in texts:
        large.find(text)
    ended = time.perf_counter()
    return 1e3 * (made - started), 1e6 * (ended - made) / sum(len(t.split()) for t in texts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", type=Path, default=DEV)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--limit", type=int, default=0, help="pairs of each set, spread over it")
    parser.add_argument("--sentences", type=int, default=200, help="sentences with a missed term")
    parser.add_argument("--sample", type=int, default=0, help="outputs to print")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if not given.dev.is_dir():
        sys.exit(f"no development sets in {given.dev}; name their folder with --dev")
    sets = {name: read(given.dev / f"{name}.tsv", given.limit) for name in given.sets.split(",")}
    with pipeline(ONE_WORKER) as pipe:
        result, results = missed_terms(pipe, [p for pairs in sets.values() for p in pairs], given.sentences)
        print(f"Missed terms: {json.dumps(asdict(result), indent=1)}\n")
        for outcome in results[:: max(1, len(results) // given.sample)] if given.sample else ():
            print(f"{outcome.match.term.target}{'' if outcome.placed else ' (NOT PLACED)'}")
            print(f"  ref   {outcome.case.pair.reference}\n  plain {outcome.plain}\n  with  {outcome.output}")
        rows, touched = news(pipe, sets)
    header = [
        "set",
        "pairs",
        "with a term",
        "changed",
        "flags",
        "chrF plain",
        "chrF with",
        "chunks plain",
        "chunks with",
    ]
    print(table(header, rows), f"\nUntouched sentences that changed: {touched}")
    made, word = matching_microseconds([p.source for pairs in sets.values() for p in pairs])
    print(f"10,000 terms: made in {made:.0f} ms, {word:.1f} µs a word")
    if given.json:
        given.json.write_text(json.dumps(asdict(result) | {"untouched_changed": touched}, indent=1))


def missed_terms(pipe: Pipeline, pairs: Sequence[Pair], wanted: int) -> tuple[Report, list[Outcome]]:
    """The report on `wanted` sentences: those of the news glossary first, then drawn names."""
    glossary = news_glossary().over(drawn(pairs))
    found = cases(pairs, glossary)
    plain = pipe.translate([c.pair.source for c in found])
    missed = [(c, p) for c, p in zip(found, plain, strict=True) if missing(c.matches, p.english)]
    ours = {term.source for term in news_glossary().terms}
    news_first = [n for n, (c, _) in enumerate(missed) if any(m.term.source in ours for m in c.matches)]
    rest = [n for n in range(len(missed)) if n not in set(news_first)]
    step = max(1.0, len(rest) / max(1, wanted - len(news_first)))
    chosen = [*news_first, *(rest[int(i * step)] for i in range(int(len(rest) / step)))][:wanted]
    kept = [missed[n] for n in sorted(chosen)]
    with_ = pipe.translate([c.pair.source for c, _ in kept], TranslateOptions(glossary=glossary))
    results = outcomes([p for _, p in kept], with_, [c for c, _ in kept])
    return report(results), results


if __name__ == "__main__":
    main()
