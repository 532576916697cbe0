"""How many names in Latin letters inside Arabic text come out, of the bare search and of the service.

    python -m benchmarks.latin_names [--text FILE.gz] [--sentences 400] [--model starter]

Text: one Arabic paragraph a line, by default the news of the shared material; those that hold a Latin name
are taken, spread over the file. A name counts as lost where the service's own check says so.
"""

import argparse
import gzip
import time
from pathlib import Path

from benchmarks.measure import table
from benchmarks.model_scores import BUNDLED, DEV, Model, Translate, as_the_service
from benchmarks.systems import model_at
from benchmarks.texts import spread
from models.quality import names

LONGEST = 400  # characters


def chosen(path: Path, count: int) -> list[str]:
    """Paragraphs with at least one name that must stand in the English."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        held = [line.strip() for line in lines if len(line) < LONGEST and wanted(line)]
    return spread(held, count)


def wanted(text: str) -> int:
    return sum(names.must_stand(word.of(text)) for word in names.written(text))


def row(label: str, texts: list[str], translate: Translate) -> list[str]:
    started = time.perf_counter()
    outputs = translate(texts)
    seconds = time.perf_counter() - started
    total = sum(map(wanted, texts))
    lost = sum(len(names.check(text, output)) for text, output in zip(texts, outputs, strict=True))
    return [label, str(total), str(lost), f"{100 * lost / total:.1f}%", f"{seconds:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text", type=Path, default=DEV.parent / "mono" / "news.ar.txt.gz")
    parser.add_argument("--sentences", type=int, default=400)
    parser.add_argument("--model", default="starter")
    given = parser.parse_args()
    texts, folder = chosen(given.text, given.sentences), model_at(given.model).path
    with as_the_service(folder) as service:
        rows = [
            row("bare search", texts, Model(folder, BUNDLED).translate),
            row("as the service translates", texts, service),
        ]
    print(f"{len(texts)} paragraphs\n")
    print(table(["", "names", "lost", "share lost", "seconds"], rows))


if __name__ == "__main__":
    main()
