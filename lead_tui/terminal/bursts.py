"""Text that arrives at once, without the brackets of a paste: the keys of one read, kept together until their use is known.

Some serial and web terminals, and ``tmux paste-buffer`` without ``-p``, send pasted text as if it were typed. Only what has the
focus when the text is reached can tell whether it is text or a script's keys, so the reader of keys does not judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from textual.events import Event, Key
from textual.message import Message

from lead_tui.limits import MIN_BURST_TEXT

_BREAKS: Final = {"enter": "\n", "tab": "\t"}
"""Keys that pasted text holds besides its characters."""


class Burst(Event, bubble=False):
    """Keys that came in one read, all of them printable, line breaks or tabs.

    *opener* is the key before them, which was to open an input for them; None where there was none.
    """

    def __init__(self, keys: Sequence[Key], opener: Key | None = None) -> None:
        super().__init__()
        self.keys = keys
        self.opener = opener

    @property
    def line(self) -> Sequence[Key]:
        """The keys up to the first line break, with it."""
        breaks = (at for at, key in enumerate(self.keys, 1) if key.key == "enter")
        return self.keys[: next(breaks, len(self.keys))]

    @property
    def is_text(self) -> bool:
        """Whether these are too many keys, and too different ones, to have been typed one by one."""
        characters = [key.key for key in printable(self.keys)]
        return len(characters) >= MIN_BURST_TEXT and len(set(characters)) > 1

    @property
    def text(self) -> str:
        """What these keys are as text, the opener included."""
        keys = self.keys if self.opener is None else (self.opener, *self.keys)
        return "".join(_BREAKS.get(key.key) or key.character or "" for key in keys)


def printable(keys: Iterable[Key]) -> list[Key]:
    """Return those of *keys* that are characters."""
    return [key for key in keys if key.is_printable]


def grouped(messages: Iterable[Message]) -> Iterator[Message]:
    """Return *messages*, those of one read, with the keys that may be pasted text as one ``Burst``."""
    run: list[Key] = []
    for message in messages:
        if isinstance(message, Key) and (message.is_printable or message.key in _BREAKS):
            run.append(message)
            continue
        yield from _together(run)
        run = []
        yield message
    yield from _together(run)


def _together(run: list[Key]) -> Iterable[Message]:
    return [Burst(run)] if len(printable(run)) >= MIN_BURST_TEXT else run
