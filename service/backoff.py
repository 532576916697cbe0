"""How long to wait before something is tried again."""

import random
from collections.abc import Callable

#: Seconds to wait after the first failure; each wait is `FACTOR` times as long, up to the longest.
FIRST = 10.0
FACTOR = 4.0
LONGEST = 6 * 3600.0


def seconds(attempts: int, jitter: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to wait after so many failed attempts: growing, and not the same for all that failed
    together."""
    wait = min(LONGEST, FIRST * FACTOR ** (attempts - 1))
    return wait * jitter(0.75, 1.25)
