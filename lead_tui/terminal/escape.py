"""Parser of the terminal's input: keys, pastes, and bursts of text that arrive at once without the brackets of a paste.

An Escape followed at once by another key is two keys. Textual makes one of them: ``ESC g`` is ``alt+g``, ``ESC b`` ``ctrl+left``,
``ESC 1`` ``¡``, and of ``ESC :`` only the colon remains, so that its key events cannot be corrected. The parser here looks at each
character first: what begins no sequence ends the wait after an Escape at once.

It also drops what Textual would type into the program character by character: unknown sequences, the rest of one that arrives in
pieces, control characters in a paste, and the strings (OSC, DCS, APC, PM, SOS) with which a terminal answers another program's
query. A line feed is Enter: some keypads send it, and a terminal in cooked mode does.

Uses of Textual 8.2.8's ``Parser``: ``_awaiting`` tells whether it stands in a sequence, ``_timeout_time`` ends the wait, and
``_sequence_to_key_events`` is its table of keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Final

from textual import constants
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Event, Key, Paste
from textual.message import Message

from lead_tui.leads.text import without_controls
from lead_tui.limits import MIN_BURST_TEXT, SPLIT_SEQUENCE_SECONDS

_ESC: Final = "\x1b"
_CSI: Final = "\x1b["
_SS3: Final = "\x1bO"
_MOUSE_X10: Final = "\x1b[M"
_MOUSE_X10_LENGTH: Final = 6
_CONSOLE_FUNCTION_KEY: Final = "\x1b[["

_KEPT: Final = frozenset({"\x7f", "\t"})
"""What may follow an Escape: alt+backspace deletes a word in an input, and ``ESC TAB`` is the Linux console's Shift+Tab."""

_CORRECTED: Final = {f"{_CSI}7^": "ctrl+home", f"{_CSI}8^": "ctrl+end", f"{_SS3}b": "ctrl+down"}
"""Keys of rxvt-unicode 9.30 that Textual 8.2.8 takes for ctrl+End, ctrl+Home and ctrl+Up. No other terminal sends these."""

_KEYS_OF_ST: Final = {f"{_CSI}P": "delete", f"{_CSI}M": "ctrl+delete", f"{_CSI}J": "ctrl+end"}
"""What st 0.9 sends for these keys while no program asks for the keypad's application mode.

Asking would change the digits of PuTTY's keypad. Elsewhere the first is F1 of kitty's protocol, and the second begins a mouse
report.
"""

_STATUS_ANSWER: Final = re.compile(r"\x1b\[[03]n")
_LONGEST_SEQUENCE: Final = 32
_LONGEST_PASTE: Final = 1 << 20

_STRINGS: Final = "]P_^X"
"""What begins a string after an Escape: OSC, DCS, APC, PM and SOS."""

_MAY_BE_STRING: Final = re.compile(r"\x1b(?:\]\d{0,4}|P[\d;]*|[_^X])")
_IS_STRING: Final = re.compile(r"\x1b(?:\](?:\d{1,4};|[lLI])|P[\d;]*[!$+=>?|]|[_^X][ -~])")
"""How replies begin; anything else is an Escape and keys typed at once after it."""

_STRING_END: Final = re.compile(r"[\x00-\x1f\x7f]")
"""BEL, ST, or any other control character, which no reply holds: the string was cut short."""

_CONSUMED_ENDS: Final = frozenset("\x07\x18\x1a")

_LATE: Final = re.compile(r"\x1b(?:\[(?:<\d|\?\d|20[01]~|\d+;\d+R)|\](?:\d{1,4};|[lLI])|P[\d;]*[!$+>|]|[_^X][ -~]*(?:\x07|\x1b\\))")
"""The beginning of a sequence whose Escape came so long before it that it was taken for the key."""

_BREAKS: Final = {"enter": "\n", "tab": "\t"}
"""Keys that pasted text holds besides its characters."""


class KeyParser(XTermParser):
    """Characters from the terminal to Textual's events.

    *on_status* is called for each answer to ``ESC [ 5 n``, which asks a terminal for its status. *term* is its ``TERM``.
    """

    def __init__(self, debug: bool = False, *, on_status: Callable[[], None] | None = None, term: str = "") -> None:
        self._corrected = _CORRECTED | _KEYS_OF_ST if term == "st" or term.startswith("st-") else _CORRECTED
        self._begun = ""  # the sequence so far, its Escape included
        self._in_string = False
        self._ends_string = False  # ``_begun`` is the Escape of a string's end, or a key
        self._late = ""  # what was taken for keys because nothing followed in time
        self._pasted: str | None = None
        self._on_status = on_status
        super().__init__(debug)

    @property
    def waits(self) -> bool:
        """Whether the last characters may begin a sequence: call ``expire`` if nothing follows within ``patience``."""
        return bool(self._begun) or self._in_string or self._pasted is not None

    @property
    def patience(self) -> float | None:
        """Seconds to wait for the rest of a sequence; None when there is nothing to wait for."""
        if not self.waits:
            return None
        may_be_keys = self._begun and self._begun != _CSI and len(self._begun) <= len(_CSI) and not self._ends_string
        return constants.ESCAPE_DELAY if may_be_keys else SPLIT_SEQUENCE_SECONDS

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the events of *data*, what one read returned; the empty string is the end of the input."""
        late, self._late = self._late, ""
        if not data:
            self._begun = ""
            yield from super().feed(data)
            return
        yield from self._read(late + data if late and _LATE.match(late + data) else data)

    def _read(self, data: str) -> Iterator[Message]:
        position = 0
        while position < len(data):
            if self._pasted is not None:
                position = len(data) - len((yield from self._paste(self._pasted + data[position:])))
                continue
            if self._in_string:
                position = self._skip_string(data, position)
                continue
            character = data[position]
            position += 1
            if not self._begun:
                if character == "\n":
                    if data[position - 2 : position - 1] != "\r":  # a line's end is one key
                        yield Key("enter", "\r")
                    continue
                if character == _ESC:
                    self._begun = _ESC
                yield from super().feed(character)
            elif self._begun == _ESC:
                yield from self._after_escape(character)
            elif self._begun[1] in _STRINGS:
                yield from self._begin_string(character)
            elif " " <= character <= "~":
                yield from self._in_sequence(character)
            else:
                yield from self.expire()
                yield from self._read(character)

    def expire(self) -> Iterable[Message]:
        """Yield the keys of an unfinished sequence: an Escape alone, or with a ``[``, an ``O`` …; of a paste, what arrived."""
        begun, self._begun, self._in_string, self._ends_string = self._begun, "", False, False
        if self._pasted is not None:
            yield from self._paste(self._pasted + BRACKETED_PASTE_END)
        if not begun:
            return
        self._leave_sequence()
        if len(begun) > len(_CSI):
            return  # a sequence cut short: no user types that fast
        self._late = begun
        yield from self._as_keys(begun)

    def _as_keys(self, typed: str) -> Iterator[Message]:
        """Yield Escape and the keys behind it."""
        self._begun = ""
        self._leave_sequence()
        yield Key("escape", _ESC)
        # Not ``_read``: the first character behind the Escape has been looked at.
        yield from super().feed(typed[1:2]) if typed[1:2] else ()
        yield from self._read(typed[2:])

    def tick(self) -> Iterable[Message]:
        """Return nothing: the caller of ``feed`` keeps the time."""
        return ()

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        if key := self._corrected.get(sequence):
            return (Key(key, None),)
        return super()._sequence_to_key_events(sequence, alt)

    def _after_escape(self, character: str) -> Iterator[Message]:
        ends_string, self._ends_string = self._ends_string, False
        if ends_string and character == "\\":
            self._begun = ""
            self._leave_sequence()
        elif character in "[O":
            self._begun += character
            yield from super().feed(character)
        elif character in _STRINGS:
            self._begun += character
            self._leave_sequence()
        elif character in _KEPT:
            self._begun = ""
            yield from super().feed(character)
        else:
            yield from self.expire()
            yield from self._read(character)

    def _begin_string(self, character: str) -> Iterator[Message]:
        self._begun += character
        if _IS_STRING.fullmatch(self._begun):
            self._begun, self._in_string = "", True
        elif not _MAY_BE_STRING.fullmatch(self._begun):
            yield from self._as_keys(self._begun)

    def _skip_string(self, data: str, position: int) -> int:
        """Skip the string that *data* has from *position* on; return where *data* continues."""
        end = _STRING_END.search(data, position)
        if end is None:
            return len(data)
        self._in_string = False
        if end.group() == _ESC:
            self._begun, self._ends_string = _ESC, True
            for _ in super().feed(_ESC):
                pass
        return end.end() if end.group() == _ESC or end.group() in _CONSUMED_ENDS else end.start()

    def _in_sequence(self, character: str) -> Iterator[Message]:
        self._begun += character
        begun = self._begun
        if begun == BRACKETED_PASTE_START:
            # Textual's own reading of a paste takes an Escape in it for the beginning of keys.
            self._begun = ""
            self._leave_sequence()
            self._pasted = ""
            return
        if len(begun) <= _LONGEST_SEQUENCE:
            events = list(super().feed(character))
            if self._awaiting.timeout is None:  # it was one that Textual knows
                self._begun = ""
                yield from events
                return
        if not _is_whole(begun):
            return
        self._begun = ""
        self._leave_sequence()
        if _STATUS_ANSWER.fullmatch(begun):
            if self._on_status is not None:
                self._on_status()
        elif len(begun) == len(_CSI) + 1:
            # No terminal sends it: the user typed an Escape, "[" or "O", and a key.
            yield Key("escape", _ESC)
            yield from super().feed(begun[1:])

    def _paste(self, pasted: str) -> Generator[Message, None, str]:
        """Take *pasted*, all of a paste so far; return what follows its end."""
        text, end, rest = pasted.partition(BRACKETED_PASTE_END)
        if end:
            self._pasted = None
            yield Paste(without_controls(text[:_LONGEST_PASTE]))
            return rest
        if len(pasted) > _LONGEST_PASTE + len(BRACKETED_PASTE_END):
            # The line break keeps the two pieces from making an end together.
            pasted = f"{pasted[:_LONGEST_PASTE]}\n{pasted[1 - len(BRACKETED_PASTE_END) :]}"
        self._pasted = pasted
        return ""

    def _leave_sequence(self) -> None:
        """End the sequence in Textual's parser, and drop what it makes of the beginning."""
        if self._awaiting.timeout is not None:
            self._timeout_time = 0.0
            for _ in super().tick():
                pass


def _is_whole(sequence: str) -> bool:
    """Whether *sequence* has its last character, by ECMA-48 and the two ways in which terminals break it."""
    if sequence.startswith(_SS3):
        return len(sequence) > len(_SS3)
    if sequence.startswith(_MOUSE_X10):
        return len(sequence) >= _MOUSE_X10_LENGTH
    if sequence.startswith(_CONSOLE_FUNCTION_KEY):
        return len(sequence) > len(_CONSOLE_FUNCTION_KEY)
    return "@" <= sequence[-1] <= "~"


class Burst(Event, bubble=False):
    """Keys that came in one read, all of them printable, line breaks or tabs.

    Some serial and web terminals, and ``tmux paste-buffer`` without ``-p``, send pasted text as if it were typed. Only the
    focused widget at the time can tell whether it is text or a script's keys, so the parser does not judge.

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
        """Whether these are too many different keys to have been typed one by one."""
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
    """Yield *messages*, those of one read, with the keys that may be pasted text as one ``Burst``."""
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
