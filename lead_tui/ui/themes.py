"""The themes: the terminal's own colors, a calm dark and a light one. They use few styles: a change costs bytes on a slow line."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

from lead_tui.limits import THEMES

_NOTABLE: Final = ("-warning", "-error", "-success")

TERMINAL: Final = Theme(
    name=THEMES[0],
    ansi=True,
    primary="ansi_blue",
    # Marks beside statuses: bright red and blue are visible on more palettes than the others.
    secondary="ansi_bright_blue",
    warning="ansi_yellow",
    error="ansi_bright_red",
    success="ansi_green",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        # Blue is visible as a line on every palette; bright black is the background itself on Solarized dark.
        "border": "ansi_default",
        "border-blurred": "ansi_blue",
        "foreground-muted": "ansi_default",
        **{f"text{kind}": "ansi_default" for kind in ("", "-muted", "-disabled", "-primary", "-accent", *_NOTABLE)},
    },
)
"""The default: the terminal's own background and 16 colors. Short sequences that any terminal knows.

Text has the default foreground, since no other color can be read on every palette; bold and reverse distinguish it.
"""


def _theme(name: str, *, dark: bool, **colors: str) -> Theme:
    """Return a theme of exactly these colors: Textual's own shades of them are not used for text."""
    background, raised, text = colors["background"], colors["raised"], colors["foreground"]
    muted, accent = colors["muted"], colors["accent"]
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=colors["warning"],
        error=colors["error"],
        success=colors["success"],
        foreground=text,
        background=background,
        surface=background,
        panel=raised,
        boost=raised,
        variables={
            "border": accent,
            "border-blurred": colors["line"],
            "foreground-muted": muted,
            "text": text,
            "text-muted": muted,
            "text-disabled": muted,
            "text-primary": accent,
            "text-accent": accent,
            **{f"text{kind}": colors[kind[1:]] for kind in _NOTABLE},
            "input-selection-background": raised,
        },
    )


DARK: Final = _theme(
    THEMES[1],
    dark=True,
    background="#17191e",
    raised="#2a2e37",
    foreground="#d8dae0",
    muted="#949aa7",
    line="#4a505d",
    accent="#8ab4f8",
    warning="#e5c07b",
    error="#f28b82",
    success="#9ccc8f",
)

LIGHT: Final = _theme(
    THEMES[2],
    dark=False,
    background="#fafaf7",
    raised="#e4e6ea",
    foreground="#22252b",
    muted="#5f6570",
    line="#aeb3bd",
    accent="#1a56b0",
    warning="#7d5200",
    error="#b3261e",
    success="#2a6b2f",
)

ALL: Final = (TERMINAL, DARK, LIGHT)
