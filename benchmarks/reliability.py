"""Reliability: of the sentences given a probability of p, did about a share p turn out so? Bins, and SVG."""

import math
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
    """A plot with one line a group, the diagonal being perfect. Both axes end a little above the data."""
    top = max(value for bins in groups.values() for b in bins for value in (b.said, b.happened))
    plot = _Plot(min(1.0, math.ceil(10 * top + 0.5) / 10))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" '
        'font-family="sans-serif" font-size="11">',
        "<title>Reliability of the confidence</title>",
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="#fff"/>',
        *plot.axes(),
    ]
    for number, (colour, (title, bins)) in enumerate(zip(_COLOURS, groups.items(), strict=False)):
        points = " ".join(f"{plot.x(b.said)},{plot.y(b.happened)}" for b in bins)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{plot.x(b.said)}" cy="{plot.y(b.happened)}" r="3" fill="{colour}"/>' for b in bins
        ]
        parts.append(
            f'<text x="{_MARGIN + 10}" y="{_MARGIN + 12 + 16 * number}" fill="{colour}">{title}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True)
class _Plot:
    """Coordinates of a square plot whose axes run from 0 to `limit`."""

    limit: float

    def x(self, value: float) -> float:
        return round(_MARGIN + value / self.limit * (_SIZE - 2 * _MARGIN), 1)

    def y(self, value: float) -> float:
        return round(_SIZE - _MARGIN - value / self.limit * (_SIZE - 2 * _MARGIN), 1)

    def axes(self) -> list[str]:
        """Grid, numbers, titles and the diagonal."""
        left, right, bottom, limit = self.x(0), self.x(self.limit), self.y(0), self.limit
        parts = []
        for tick in (k * limit / 5 for k in range(6)):
            y = self.y(tick)
            parts.append(f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#eee"/>')
            parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{tick:.2f}</text>')
            parts.append(f'<text x="{self.x(tick)}" y="{bottom + 16}" text-anchor="middle">{tick:.2f}</text>')
        diagonal = f'x1="{left}" y1="{bottom}" x2="{right}" y2="{self.y(limit)}"'
        return [
            *parts,
            f'<line {diagonal} stroke="#999" stroke-dasharray="4 4"/>',
            f'<text x="{_SIZE / 2}" y="{_SIZE - 12}" text-anchor="middle">confidence said</text>',
            f'<text transform="translate(14 {_SIZE / 2}) rotate(-90)" text-anchor="middle">'
            "left as it is (share, or P(leave | chrF))</text>",
        ]
