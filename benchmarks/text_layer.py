"""The text layer alone: speed of normalising, segmenting, cutting; sentence ends found on development sets.

    python -m benchmarks.text_layer --data FOLDER_OF_DEV_TSV [--model models/starter]

For sentence ends five neighbouring Arabic lines with a final mark are put on one line: *found* is the share
of the joints where a segment ends, *more* the number of ends elsewhere (most of those lines hold two
sentences: look at them with `--show`).
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.chunk_rules import read
from benchmarks.measure import table
from models import arabic, chunk
from models.segment import segment

FINAL_MARKS = '.؟!?"»'
GROUP = 5
REPEATS = 5


def sentence_ends(lines: list[str]) -> tuple[int, int, list[str]]:
    """(joints, joints found, surroundings of the ends elsewhere)."""
    joints = found = 0
    extra: list[str] = []
    for k in range(0, len(lines) - GROUP + 1, GROUP):
        group = lines[k : k + GROUP]
        text = " ".join(group)
        wanted = {sum(map(len, group[: n + 1])) + n for n in range(GROUP - 1)}
        got = {s.end for s in segment(text)} - {len(text)}
        joints += len(wanted)
        found += len(wanted & got)
        extra += [f"{text[max(0, e - 40) : e]} | {text[e : e + 30]}" for e in sorted(got - wanted)]
    return joints, found, extra


def best_seconds(work: Callable[[], object]) -> float:
    """The fastest of a few runs."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def speed(text: str, model: Path) -> list[list[str]]:
    """Rows of step, milliseconds for 5,000 words, megabytes of UTF-8 per second."""
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(model / "hf" / "source.spm"))
    words = text.split()
    text = " ".join((words * (5000 // len(words) + 1))[:5000])
    plain = arabic.for_model(text).text
    megabytes = len(text.encode()) / 1e6
    steps: dict[str, Callable[[], object]] = {
        "for_model": lambda: arabic.for_model(text),
        "for_matching": lambda: arabic.for_matching(text),
        "words": lambda: arabic.words(text),
        "segment": lambda: segment(text),
        "cut at 32 (one paragraph)": lambda: chunk.cut(
            plain, 32, lambda texts: [len(p) for p in pieces.encode(list(texts))]
        ),
    }
    timed = {name: best_seconds(work) for name, work in steps.items()}
    return [[name, f"{s * 1000:.1f}", f"{megabytes / s:.1f}"] for name, s in timed.items()]


def main() -> None:
    """See the module docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("models/starter"))
    parser.add_argument("--show", type=int, default=0, help="print so many of the other ends of each set")
    options = parser.parse_args()
    rows, text = [], ""
    for path in sorted(options.data.glob("*.tsv")):
        lines = [ar for ar, _ in read(path) if ar and ar[-1] in FINAL_MARKS]
        text += " ".join(lines[:300]) + " "
        joints, found, extra = sentence_ends(lines)
        rows.append([path.stem, str(joints), f"{found / joints:.4f}", str(len(extra))])
        print("\n".join(extra[: options.show]))
    print(table(["set", "joints", "found", "more"], rows))
    print(table(["step", "ms for 5,000 words", "MB/s"], speed(text, options.model)))


if __name__ == "__main__":
    main()
