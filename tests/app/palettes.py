"""The published default values of terminals' 16 named colors, for computing what is legible there."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

RGB = tuple[int, int, int]


def _rgb(text: str) -> RGB:
    red, green, blue = bytes.fromhex(text)
    return red, green, blue


class Palette(NamedTuple):
    """A terminal's default text and background, and its 16 colors: eight normal ones, then the bright ones."""

    foreground: RGB
    background: RGB
    colors: tuple[RGB, ...]


def _palette(foreground: str, background: str, normal: str, bright: str) -> Palette:
    colors = tuple(_rgb(color) for color in f"{normal} {bright}".split())
    assert len(colors) == 16
    return Palette(_rgb(foreground), _rgb(background), colors)


_SOLARIZED = (
    "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5",
    "002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
)
"""The table of the 16 values at https://ethanschoonover.com/solarized/."""

PALETTES: Final = {
    # Its manual and settings.c, "Colour 0" (default foreground) to "Colour 21".
    "PuTTY": _palette(
        "bbbbbb", "000000",
        "000000 bb0000 00bb00 bbbb00 0000bb bb00bb 00bbbb bbbbbb",
        "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    ),
    # XTerm-col.ad; without a reverseVideo resource the text is black on white.
    "xterm": _palette(
        "000000", "ffffff",
        "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5",
        "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    ),
    # vte.cc, Terminal::set_colors, where the application sets none.
    "VTE": _palette(
        "c0c0c0", "000000",
        "000000 c00000 00c000 c0c000 0000c0 c000c0 00c0c0 c0c0c0",
        "3f3f3f ff3f3f 3fff3f ffff3f 3f3fff ff3fff 3fffff ffffff",
    ),
    # The scheme "Campbell" in defaults.json of microsoft/terminal.
    "Windows Terminal": _palette(
        "cccccc", "0c0c0c",
        "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc",
        "767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
    ),
    # The color table of consoles before Windows 10 1709: https://en.wikipedia.org/wiki/ANSI_escape_code#Colors
    "Windows console": _palette(
        "c0c0c0", "000000",
        "000000 800000 008000 808000 000080 800080 008080 c0c0c0",
        "808080 ff0000 00ff00 ffff00 0000ff ff00ff 00ffff ffffff",
    ),
    # The profile "Basic" in light mode: https://en.wikipedia.org/wiki/ANSI_escape_code#Colors
    "macOS Terminal": _palette(
        "000000", "ffffff",
        "000000 990000 00a600 999900 0000b2 b200b2 00a6b2 bfbfbf",
        "666666 e60000 00d900 e6e600 0000ff e600e6 00e6e6 e6e6e6",
    ),
    # default_red, default_grn and default_blu in drivers/tty/vt/vt.c.
    "Linux console": _palette(
        "aaaaaa", "000000",
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa",
        "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    ),
    "Solarized dark": _palette("839496", "002b36", *_SOLARIZED),
    "Solarized light": _palette("657b83", "fdf6e3", *_SOLARIZED),
    # autoload/onedark.vim of joshdick/onedark.vim.
    "One Dark": _palette(
        "abb2bf", "282c34",
        "282c34 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 abb2bf",
        "5c6370 be5046 98c379 d19a66 61afef c678dd 56b6c2 ffffff",
    ),
    # "ANSI" at https://spec.draculatheme.com/
    "Dracula": _palette(
        "f8f8f2", "282a36",
        "21222c ff5555 50fa7b f1fa8c bd93f9 ff79c6 8be9fd f8f8f2",
        "6272a4 ff6e6e 69ff94 ffffa5 d6acff ff92df a4ffff ffffff",
    ),
}  # fmt: skip


@cache
def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast ratio of two colors, from 1 to 21, as WCAG 2 defines it."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: RGB) -> float:
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


READABLE: Final = 4.5
"""Contrast that WCAG 2 asks of text."""
VISIBLE: Final = 3.0
"""Contrast that WCAG 2 asks of borders that convey a state."""
SEEN: Final = 1.5
"""Contrast of a colored mark next to a status that says the same: yellow and green on white have little more."""

_RULED: Final = re.compile(r"[\s─-▟]*")
"""Blanks, box drawing and blocks: lines, not text."""
_MARK: Final = re.compile(r"\s*[■-◿★]\s*")

STATUS_MARKS: Final = {**dict.fromkeys(("NEW", "NI"), "green"), "A*": "blue ◆", "N*": "yellow !", "D*": "red ★", "S*": "red"}
"""Rules with every color, and with marks that are shapes and text."""


def is_text(text: str) -> bool:
    return not _RULED.fullmatch(text)


def least_contrast(text: str, palette: Palette) -> float:
    """Return the contrast required of *text* on *palette*."""
    return SEEN if _MARK.fullmatch(text) else min(READABLE, contrast(palette.foreground, palette.background))
