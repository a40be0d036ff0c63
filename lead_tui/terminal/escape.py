"""Parser of the terminal's input: keys, pastes, and bursts of text that arrive at once without the brackets of a paste.

An Escape followed immediately by another key is two keys. Textual turns them into one: ``ESC g`` is ``alt+g``, ``ESC b``
``ctrl+left``, ``ESC 1`` ``¡``, and of ``ESC :`` only the colon remains, so that its key events cannot be corrected. So this parser
splits the input into sequences, by ECMA-48 and the ways in which terminals break it, and Textual reads each of them as a whole.

It drops what Textual would type into the program character by character: unknown sequences, the rest of one that arrives in
pieces, control characters in a paste, and the strings (OSC, DCS, APC, PM, SOS) with which a terminal replies to another program's
query. A line feed is Enter: some keypads send it, and a terminal in cooked mode does.

Uses of Textual 8.2.8's ``Parser``: ``_awaiting`` tells whether it knew the sequence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Final

from textual import constants
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Event, Key, Paste
from textual.message import Message

from lead_tui.leads.text import without_controls
from lead_tui.limits import MIN_BURST_TEXT, SPLIT_SEQUENCE_SECONDS

_ESC: Final = "\x1b"
_CSI: Final = "\x1b["

_CORRECTED: Final = {f"{_CSI}7^": "ctrl+home", f"{_CSI}8^": "ctrl+end", "\x1bOb": "ctrl+down"}
"""Keys of rxvt-unicode 9.30 that Textual 8.2.8 takes for ctrl+End, ctrl+Home and ctrl+Up. No other terminal sends these."""

_KEYS_OF_ST: Final = {f"{_CSI}P": "delete", f"{_CSI}M": "ctrl+delete", f"{_CSI}J": "ctrl+end"}
"""What st 0.9 sends for these keys while no program asks for the keypad's application mode.

Asking would change the digits of PuTTY's keypad. Elsewhere the first is F1 of kitty's protocol, and the second begins a mouse
report.
"""

_WHOLE: Final = re.compile(
    r"\x1b(?:"
    r"\[M[^\x00-\x1f]{3}"  # a mouse report as of X10: beyond column 94 it is not ASCII
    r"|\[\[[ -~]"  # a function key of the Linux console
    r"|\[\d{1,2}\$"  # a key of rxvt with Shift
    r"|\[(?![M\[])[ -?]*[@-~]"
    r"|O(?:(?:1;)?\d[A-Z]|[ -~])"  # with a number: Konsole's keys with modifiers, unknown to Textual
    r"|[\x7f\t]"  # alt+backspace deletes a word in an input; Escape and Tab are the Linux console's Shift+Tab
    r")"
)
_WHOLE_FROM_ST: Final = re.compile(_WHOLE.pattern.replace(r"\[M[^\x00-\x1f]{3}", r"\[M"))

_STRING: Final = re.compile(r"\x1b(?:\](?:\d{1,4};|[lLI])|P[\d;]*[!$+=>?|]|[_^X][ -~])")
"""How the replies OSC, DCS, APC, PM and SOS begin; anything else is an Escape and keys typed at once after it."""

_STRING_END: Final = re.compile(r"\x1b\\|[\x00-\x1f\x7f]")
"""ST, BEL, or any other control character, which no reply holds: the string was cut short."""

_BEGUN: Final = re.compile(r"\x1b(?:\[M[^\x00-\x1f]{0,2}|\[\[|\[[ -?]*|O|\]\d{0,4}|P[\d;]*|[_^X])?")
"""The beginning of a sequence or a string; always matches at an Escape."""

_LATE: Final = r"\x1b(?:\[(?:<\d|\?\d|20[01]~|\d+;\d+R)|\](?:\d{1,4};|[lLI])|P[\d;]*[!$+>|]|[_^X][ -~]*(?:\x07|\x1b\\))"
"""The beginning of a sequence whose Escape arrived so much earlier that it was taken for the key."""

_TYPED: Final = re.compile(r"\n|[^\x1b\n]+")
_MAX_TYPED: Final = len(_CSI)  # of the beginning of a sequence that a user may have typed: no one types more in that time
_LONGEST_SEQUENCE: Final = 32
_LONGEST_PASTE: Final = 1 << 20

_BREAKS: Final = {"enter": "\n", "tab": "\t"}  # keys that pasted text holds besides its characters


class KeyParser:
    """Characters from the terminal to Textual's events.

    *on_status* is called for each answer to ``ESC [ 5 n``, which asks a terminal for its status. *term* is its ``TERM``.
    """

    def __init__(self, *, on_status: Callable[[], None] = lambda: None, term: str = "") -> None:
        is_st = term == "st" or term.startswith("st-")
        self._whole = _WHOLE_FROM_ST if is_st else _WHOLE
        self._corrected = _CORRECTED | _KEYS_OF_ST if is_st else _CORRECTED
        self._begun = ""  # the beginning of a sequence, its Escape included, of a string, or all of a paste so far
        self._late = ""  # what was taken for keys because nothing followed in time
        self._on_status = on_status
        self._textual = XTermParser()

    @property
    def patience(self) -> float | None:
        """Seconds to wait for the rest of a sequence before calling ``feed("")``; None if there is nothing to wait for."""
        if not self._begun:
            return None
        may_be_keys = self._begun != _CSI and len(self._begun) <= _MAX_TYPED
        return constants.ESCAPE_DELAY if may_be_keys else SPLIT_SEQUENCE_SECONDS

    def feed(self, data: str) -> Iterator[Message]:
        """Yield the events of *data*, the result of one read; the empty string means that nothing arrived in time."""
        begun, self._begun = self._begun, ""
        if not data:
            # An Escape alone, or with a "[", an "O" … is keys; of a paste, what has arrived counts.
            if begun.startswith(BRACKETED_PASTE_START):
                yield from self._paste(begun + BRACKETED_PASTE_END)
            elif begun and len(begun) <= _MAX_TYPED:
                self._late = begun
                yield from self._as_keys(begun)
            return
        late, self._late = self._late, ""
        data = (late if late and re.match(_LATE, late + data) else begun) + data
        position = 0
        while position < len(data):
            if typed := _TYPED.match(data, position):
                if typed[0] != "\n":
                    yield from self._textual.feed(typed[0])
                elif data[position - 1 : position] != "\r":  # a line's end is one key
                    yield Key("enter", "\r")
                position = typed.end()
            else:
                position = yield from self._after_escape(data, position)

    def _after_escape(self, data: str, position: int) -> Generator[Message, None, int]:
        """Yield the events of the sequence that *data* may have at *position*; return where it continues."""
        if data.startswith(BRACKETED_PASTE_START, position):
            # Textual's own reading of a paste takes an Escape in it for the beginning of keys.
            return len(data) - len((yield from self._paste(data[position:])))
        if whole := self._whole.match(data, position):
            yield from self._sequence(whole[0])
            return whole.end()
        if string := _STRING.match(data, position):
            end = _STRING_END.search(data, string.end())
            if end is None or (end[0] == _ESC and end.end() == len(data)):
                # Of the string only its beginning is kept; an Escape is of its end, or a key.
                self._begun = string[0] + (end[0] if end else "")
                return len(data)
            return end.end() if end[0] in ("\x1b\\", "\x07", "\x18", "\x1a") else end.start()
        found = _BEGUN.match(data, position)
        begun = found[0] if found else _ESC
        if position + len(begun) == len(data):
            self._begun = begun
        elif begun[1:2] not in ("[", "O") or len(begun) <= _MAX_TYPED:
            begun = begun[:_MAX_TYPED]
            yield from self._as_keys(begun)
        return position + len(begun)

    def _as_keys(self, typed: str) -> Iterator[Message]:
        yield Key("escape", _ESC)
        yield from self._textual.feed(typed[1:]) if typed[1:] else ()

    def _sequence(self, sequence: str) -> Iterator[Message]:
        if key := self._corrected.get(sequence):
            yield Key(key, None)
        elif (events := self._known(sequence)) is not None:
            yield from events
        elif sequence == f"{_CSI}0n":
            self._on_status()
        elif len(sequence) == _MAX_TYPED + 1:
            # No terminal sends this: the user typed an Escape, "[" or "O", and a key.
            yield from self._as_keys(sequence)

    def _known(self, sequence: str) -> list[Message] | None:
        """Return the events of *sequence*; None if it is unknown.

        A report of the window's size, which a terminal may send because of another program, would make Textual take the positions
        of the mouse for pixels.
        """
        if len(sequence) > _LONGEST_SEQUENCE or (sequence.startswith(_CSI) and sequence.endswith("t")):
            return None
        with suppress(ValueError, OverflowError):  # one of kitty's protocol that it cannot read: a release, other layouts
            events = list(self._textual.feed(sequence))
            if self._textual._awaiting.timeout is None:
                return events
        # It would wait for the rest of the sequence.
        self._textual = XTermParser()
        return None

    def _paste(self, pasted: str) -> Generator[Message, None, str]:
        """Process *pasted*, all of a paste so far; return what follows its end."""
        text, end, rest = pasted.removeprefix(BRACKETED_PASTE_START).partition(BRACKETED_PASTE_END)
        if end:
            yield Paste(without_controls(text))
        else:
            self._begun = pasted[:_LONGEST_PASTE]
        return rest


class Burst(Event, bubble=False):
    """Keys that came in one read, all of them printable, line breaks or tabs.

    Some serial and web terminals, and ``tmux paste-buffer`` without ``-p``, send pasted text as if it were typed. Only the widget
    that has the focus at the time can decide whether it is text or a script's keys, so the parser does not.

    *opener* is the key before them, which should open an input for them; None if there was none.
    """

    def __init__(self, keys: Sequence[Key], opener: Key | None = None) -> None:
        super().__init__()
        self.keys = keys
        self.opener = opener

    @property
    def line(self) -> Sequence[Key]:
        """The keys up to and including the first line break."""
        names = [key.key for key in self.keys]
        return self.keys[: names.index("enter") + 1] if "enter" in names else self.keys

    @property
    def is_text(self) -> bool:
        """Whether there are too many different keys for them to have been typed one by one."""
        characters = [key.key for key in printable(self.keys)]
        return len(characters) >= MIN_BURST_TEXT and len(set(characters)) > 1

    @property
    def text(self) -> str:
        """These keys as text, the opener included."""
        keys = self.keys if self.opener is None else (self.opener, *self.keys)
        return "".join(_BREAKS.get(key.key) or key.character or "" for key in keys)


def printable(keys: Iterable[Key]) -> list[Key]:
    return [key for key in keys if key.is_printable]


def group_bursts(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield *messages*, which are from one read, with keys that may be pasted text as one ``Burst``."""
    for is_text, group in groupby(messages, lambda each: isinstance(each, Key) and (each.is_printable or each.key in _BREAKS)):
        run = list(group)
        keys = [each for each in run if is_text and isinstance(each, Key)]
        yield from [Burst(keys)] if len(printable(keys)) >= MIN_BURST_TEXT else run
