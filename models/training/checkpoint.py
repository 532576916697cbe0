"""Everything a run needs to go on at the very step where it stopped, in one file, written atomically."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.training.errors import TrainingError

NAME = "checkpoint.pt"


@dataclass(slots=True)
class Standing:
    """Where a run stands. `elapsed` counts seconds of training over all its sittings; `position` is the next
    batch of `epoch`; `stale` counts development measurements since the best one."""

    step: int = 0
    epoch: int = 0
    position: int = 0
    elapsed: float = 0.0
    best: float = float("inf")
    stale: int = 0


def save(folder: Path, standing: Standing, tensors: dict[str, Any], fingerprint: str) -> None:
    """Writes the checkpoint beside the old one and then over it, so that a crash leaves a whole one.

    `tensors` holds state dicts; `fingerprint` names the data and options the run is bound to.
    """
    import torch

    temporary = folder / f"{NAME}.part"
    random_states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        random_states["cuda"] = torch.cuda.get_rng_state()
    state = {"standing": asdict(standing), "random": random_states, "fingerprint": fingerprint, **tensors}
    with temporary.open("wb") as out:
        torch.save(state, out)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / NAME)


def exists(folder: Path) -> bool:
    """Whether there is a run to go on with."""
    return (folder / NAME).exists()


def load(folder: Path, fingerprint: str) -> tuple[Standing, dict[str, Any]]:
    """The saved standing and state dicts; random generators are put back.

    Raises `TrainingError` if the file is damaged or belongs to other data or options.
    """
    import torch

    try:
        state = torch.load(folder / NAME, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        raise TrainingError(f"the checkpoint in {folder} cannot be read: {error}") from error
    if state.pop("fingerprint") != fingerprint:
        raise TrainingError(
            f"the checkpoint in {folder} was made with other data or options; choose another --out"
        )
    random_states = state.pop("random")
    torch.set_rng_state(random_states["cpu"])
    if "cuda" in random_states and torch.cuda.is_available():
        torch.cuda.set_rng_state(random_states["cuda"])
    return Standing(**state.pop("standing")), state
