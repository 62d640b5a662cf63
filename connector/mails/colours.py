"""Colours that can be read: contrast as WCAG 2 counts it, and shades of a creditor's colour that reach it.

A colour is `#rrggbb`. Source: WCAG 2.2, relative luminance, contrast ratio, success criterion 1.4.3 (AA).
"""

from __future__ import annotations

WHITE = "#ffffff"
BLACK = "#000000"
READABLE = 4.5
"""Contrast that text of normal size needs for level AA."""


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """White or black, whichever is read better; one of them always reaches level AA."""
    return WHITE if contrast(WHITE, background) >= READABLE else BLACK


def readable_on(background: str, colour: str) -> str:
    """The colour itself, or the nearest shade of it that can be read as text on this background."""
    towards = text_on(background)
    for percent in range(0, 101, 2):
        shade = mixed(colour, towards, percent)
        if contrast(shade, background) >= READABLE:
            return shade
    return towards


def mixed(colour: str, other: str, percent: int) -> str:
    """The colour with so many percent of the other in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{(a * (100 - percent) + b * percent + 50) // 100:02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
