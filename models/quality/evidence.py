"""Flags that only the engine's own evidence can raise: chunks translated again, cut off or still looping."""

from models.document import Flag, Rendering

CUT_RETRY = "cut_retry"
REPETITION = "repetition"


def check(rendering: Rendering) -> list[Flag]:
    """One flag for each chunk that did not come out well the first time."""
    flags = []
    for chunk in rendering.chunks:
        if not chunk.complete:
            message = "The model did not finish this part; its end may be missing."
            flags.append(Flag(CUT_RETRY, "major", message, chunk.source, chunk.target))
        elif chunk.looping:
            message = "The model kept repeating itself here, also when it was asked again."
            flags.append(Flag(REPETITION, "critical", message, chunk.source, chunk.target))
        elif chunk.retries:
            message = "This part was cut and translated again, because the first result was broken."
            flags.append(Flag(CUT_RETRY, "minor", message, chunk.source, chunk.target))
    return flags
