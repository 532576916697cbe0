"""Flags that only the engine's own evidence can raise: chunks translated again, cut off or still looping."""

from models.document import Flag, Rendering

CUT_RETRY = "cut_retry"
REPETITION = "repetition"


def check(rendering: Rendering) -> list[Flag]:
    """One flag for each chunk that did not come out well, or only in parts. A chunk that a second decoding
    put right needs none: the result speaks for itself."""
    flags = []
    for chunk in rendering.chunks:
        if not chunk.complete:
            message = "The model did not finish this part; its end may be missing."
            flags.append(Flag(CUT_RETRY, "major", message, chunk.source, chunk.target))
        elif chunk.looping:
            message = "The model kept repeating itself here, also when it was asked again."
            flags.append(Flag(REPETITION, "critical", message, chunk.source, chunk.target))
        elif chunk.split:
            message = "This part was translated in pieces, because the whole came out broken."
            flags.append(Flag(CUT_RETRY, "minor", message, chunk.source, chunk.target))
    return flags
