"""The garbage collector during a start."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """What is made inside is there to stay: nothing looks for garbage in it, now or later. To go through the
    modules again and again while they are imported takes a fifth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
