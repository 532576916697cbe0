"""Builds the lexical shortlist of a model from parallel text, and records it in the manifest.

    python -m benchmarks.build_shortlist PAIRS.tsv[.gz] [PAIRS…=0.2] --model models/starter

`=0.2` takes a fifth of a file's pairs, as in `mujaz train`, which does this by itself. Development sets must
not be among the input.
"""

import argparse
import hashlib
from dataclasses import replace
from pathlib import Path

from models.manifest import STARTER, InstalledModel, ModelFile
from models.training import shortlist
from models.training.batches import BatchOptions
from models.training.pairs import PairLimits
from models.training.prepare import encoded, normalised, read_all, weighted
from models.training.vocabulary import Vocabulary


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--model", type=Path, default=STARTER)
    given = parser.parse_args()
    named = [(Path(path), float(share or 1)) for path, _, share in (p.partition("=") for p in given.pairs)]
    model = InstalledModel.at(given.model)
    vocabulary = Vocabulary(model.tokenizer)
    reading = read_all([path for path, _ in named], PairLimits())
    pairs = weighted(normalised(reading.pairs), {path.name: share for path, share in named}, seed=1)
    examples = encoded(pairs, vocabulary, BatchOptions().max_length).examples
    folder = model.converted("int8")
    if not shortlist.add(examples, vocabulary, folder):
        parser.error(
            f"{len(examples)} pairs and {len(vocabulary)} pieces: too little text, or too many pieces"
        )
    written = (folder / shortlist.FILE_NAME).read_bytes()
    entry = ModelFile(len(written), hashlib.sha256(written).hexdigest())
    files = {**model.manifest.files, f"{folder.name}/{shortlist.FILE_NAME}": entry}
    replace(model.manifest, files=files).write(given.model)
    print(f"{len(examples)} pairs, {len(written):,} bytes")


if __name__ == "__main__":
    main()
