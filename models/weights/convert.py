"""Conversion to CTranslate2 in a process of its own: it needs torch, which would stay in a server's memory.

`python -m models.weights.convert FOLDER OUT QUANTIZATION` is that process.
"""

import subprocess
import sys
from pathlib import Path

from models.errors import ModelBroken

#: What a conversion stores for each kind of weights. Both keep the rest in float32: what isn't quantised
#: would otherwise stay in the float16 of many a file, to be widened at each load.
QUANTIZATIONS = {"int8": "int8_float32", "float32": "float32"}
#: A big model takes about two minutes on one slow core.
_MOST_SECONDS = 1800


def convert(folder: Path, out: Path, kind: str = "int8") -> None:
    """Convert the transformers folder to `out`, which appears whole or not at all.

    Raises `ModelBroken` with the converter's own last line when it fails."""
    root = Path(__file__).resolve().parents[2]  # so that `-m` finds this package from anywhere
    command = [sys.executable, "-m", __name__, str(folder.resolve()), str(out.resolve()), QUANTIZATIONS[kind]]
    try:
        run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=_MOST_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelBroken(f"{folder.name} can't be converted to CTranslate2: {error}") from error
    if run.returncode:
        reason = (run.stderr.strip().splitlines() or [f"exit status {run.returncode}"])[-1]
        raise ModelBroken(f"{folder.name} can't be converted to CTranslate2: {reason}")


def _main(folder: str, out: str, quantization: str) -> None:
    from models.training.export import convert as convert_here

    convert_here(Path(folder), Path(out), quantization)


if __name__ == "__main__":
    _main(*sys.argv[1:])
