"""The palette, light and dark: contrast (WCAG 2.2 AA), and severity for readers who do not see hues."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from colmate.report.page import stylesheet


def _palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", stylesheet(), re.S)
    return {
        name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for name, block in zip(("light", "dark"), blocks, strict=True)
    }


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


TEXT = [(ink, ground) for ink in ("text", "quiet", "accent", "alarm") for ground in ("paper", "panel")]
TEXT += [("on-accent", "accent"), *((f"on-level-{n}", f"level-{n}") for n in range(6))]
SHAPES = [
    (shape, ground) for shape in ("low", "medium", "high", "very-high", "accent") for ground in ("paper", "panel")
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), [(*p, 4.5) for p in TEXT] + [(*p, 3.0) for p in SHAPES])
def test_contrast_is_enough(scheme: str, ink: str, ground: str, least: float) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette[ink], palette[ground]) >= least


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_severity_can_be_told_without_seeing_hues(scheme: str) -> None:
    palette = _palettes()[scheme]
    steps = [_contrast(palette[band], palette["paper"]) for band in ("low", "medium", "high", "very-high")]
    assert all(after > 1.05 * before for before, after in pairwise(steps))
