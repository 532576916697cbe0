"""The floor under the bundled model's quality: what a change must not lose.

    python -m benchmarks.gate                                 compare with benchmarks/floors.json
    python -m benchmarks.gate --update [--allow-regression]   measure anew and pin

Floors belong to weights: they stand under the SHA-256 of the int8 file, so that new weights can't pass on old
floors, nor old weights fail new ones. `noise` is how far the score moves when only the batches change (the
arithmetic is rounded differently), three times over and at least NOISE_AT_LEAST: other processors round
differently too. A score below `floor - noise` fails. `--update` refuses to pin less than the best floor of
any weights so far, within noise, unless `--allow-regression` says that this is meant.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.environment import describe, weights_sha
from benchmarks.quality import OWN_SET, read_pairs, score
from benchmarks.systems import model_at, pipeline, say

FLOORS = Path(__file__).parent / "floors.json"
NOISE_AT_LEAST = 0.5
#: Padded tokens of a batch; every size puts other neighbours together.
BATCH_SIZES = (64, 256, 2048)


@dataclass(frozen=True, slots=True)
class Floor:
    """chrF on the own set, of one file of weights."""

    set: str
    chrf: float
    noise: float

    @property
    def limit(self) -> float:
        return self.chrf - self.noise


Floors = Mapping[str, Floor]


def read_floors(path: Path = FLOORS) -> dict[str, Floor]:
    """Floors by SHA-256 of the weights; none where there is no file yet."""
    if not path.is_file():
        return {}
    return {sha: Floor(**entry) for sha, entry in json.loads(path.read_text(encoding="utf-8")).items()}


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    entries = {sha: asdict(floor) for sha, floor in floors.items()}
    path.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def floor_of(scores: Sequence[float]) -> Floor:
    """What to pin for scores of the same weights."""
    noise = max(NOISE_AT_LEAST, 3 * (max(scores) - min(scores)))
    return Floor(OWN_SET.name, round(min(scores), 2), round(noise, 2))


def failure(floors: Floors, sha: str, chrf: float) -> str | None:
    """Why this score is not good enough; None when it is."""
    floor = floors.get(sha)
    if floor is None:
        return f"there is no floor for weights {sha[:16]}: run `python -m benchmarks.gate --update`"
    if chrf < floor.limit:
        return f"chrF {chrf:.2f} is under the floor {floor.chrf:.2f} less noise {floor.noise:.2f}"
    return None


def updated(floors: Floors, sha: str, new: Floor, *, allow_regression: bool) -> dict[str, Floor]:
    """The floors with `new` pinned. Raises `ValueError` when it is lower than the best so far."""
    best = max((floor.chrf for floor in floors.values()), default=0.0)
    if new.chrf < best - new.noise and not allow_regression:
        raise ValueError(
            f"chrF {new.chrf:.2f} is lower than the floor {best:.2f}; --allow-regression pins it"
        )
    return {**floors, sha: new}


def measured(batch_tokens: int | None = None, model: str = "starter") -> float:
    """chrF of the model on the own set, through the whole pipeline."""
    settings = {"MUJAZ_MODEL__NAME": model}
    if batch_tokens is not None:
        settings |= {"MUJAZ_BATCHING__MAX_TOKENS": str(batch_tokens)}
    with pipeline(settings) as ours:
        return score(ours, read_pairs(OWN_SET)).chrf


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    chosen = parser.parse_args()
    model = model_at("starter")
    sha = weights_sha(model)
    floors = read_floors()
    say(describe(model) + "\n")
    if chosen.update:
        new = floor_of([measured(size) for size in BATCH_SIZES])
        try:
            write_floors(updated(floors, sha, new, allow_regression=chosen.allow_regression))
        except ValueError as error:
            sys.exit(str(error))
        say(f"pinned: chrF {new.chrf} less noise {new.noise} for {sha[:16]}")
        return
    chrf = measured()
    why = failure(floors, sha, chrf)
    if why:
        sys.exit(why)
    say(f"chrF {chrf:.2f} holds the floor {floors[sha].chrf:.2f} less noise {floors[sha].noise:.2f}")


if __name__ == "__main__":
    main()
