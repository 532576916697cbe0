"""Reliability: of the sentences given a probability of p, did about a share p turn out so? Bins, and SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SIZE, _MARGIN = 420, 50
_COLOURS = ("#1f5fa8", "#b3541e", "#3a7d44")


@dataclass(frozen=True)
class Bin:
    """Means of what was said and of what happened, over `size` sentences."""

    said: float
    happened: float
    size: int


def reliability(said: NDArray[np.float64], happened: NDArray[np.float64], bins: int = 10) -> list[Bin]:
    """Equally full bins, rising."""
    order = np.argsort(said, kind="stable")
    return [
        Bin(float(said[part].mean()), float(happened[part].mean()), len(part))
        for part in np.array_split(order, bins)
        if len(part)
    ]


def svg(groups: Mapping[str, Sequence[Bin]]) -> str:
    """A plot with one line a group, the diagonal being perfect."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" '
        'font-family="sans-serif" font-size="11">',
        "<title>Reliability of the confidence</title>",
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="#fff"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
    ]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        parts.append(f'<line x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}" stroke="#eee"/>')
        parts.append(f'<text x="{_x(0) - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:.1f}</text>')
        parts.append(f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle">{tick:.1f}</text>')
    for colour, (title, bins) in zip(_COLOURS, groups.items(), strict=False):
        points = " ".join(f"{_x(b.said)},{_y(b.happened)}" for b in bins)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{_x(b.said)}" cy="{_y(b.happened)}" r="3" fill="{colour}"/>' for b in bins]
        line = 20 + 16 * list(groups).index(title)
        parts.append(f'<text x="{_MARGIN + 10}" y="{_MARGIN - 30 + line}" fill="{colour}">{title}</text>')
    parts.append(f'<text x="{_SIZE / 2}" y="{_SIZE - 12}" text-anchor="middle">confidence said</text>')
    parts.append(
        f'<text transform="translate(14 {_SIZE / 2}) rotate(-90)" text-anchor="middle">'
        "left as it is (share, or P(leave | chrF))</text></svg>"
    )
    return "\n".join(parts) + "\n"


def _x(value: float) -> float:
    return round(_MARGIN + value * (_SIZE - 2 * _MARGIN), 1)


def _y(value: float) -> float:
    return round(_SIZE - _MARGIN - value * (_SIZE - 2 * _MARGIN), 1)
