"""What a text says in numbers: one `Mention` for each number, month or weekday found in it."""

from dataclasses import dataclass
from typing import Literal

from models.document import Span

Kind = Literal["number", "month", "weekday"]
KINDS: tuple[Kind, ...] = ("number", "month", "weekday")


@dataclass(frozen=True, slots=True)
class Mention:
    """A number, month or weekday at `span`.

    `values` holds every reading under which a counterpart would be faithful (`3:00` is 3 and 15); months are
    1-12 (Gregorian) and 101-112 (Hijri), weekdays 1 (Monday) to 7. `certain` mentions must have a counterpart
    on the other side; the others ("one", dual nouns, "half") only serve as counterparts. A share of a whole
    (see `share`) is a further reading.
    """

    kind: Kind
    span: Span
    values: frozenset[float]
    certain: bool
    digits: bool = False


def share(part: float) -> frozenset[float]:
    """Readings by which "half" and "50%" meet: negative, so that 0.5% is no half. Two decimals, rounded and
    cut off, since two thirds are 67% and 66%."""
    return frozenset({-round(part, 2), -int(100 * part + 1e-6) / 100} if 0 < part < 1 else ())


def unmatched(asked: list[Mention], offered: list[Mention]) -> list[Mention]:
    """The certain mentions of `asked` that nothing in `offered` answers."""
    values: dict[Kind, set[float]] = {kind: set() for kind in KINDS}
    for mention in offered:
        values[mention.kind] |= mention.values
    return [m for m in asked if m.certain and not (m.values & values[m.kind])]
