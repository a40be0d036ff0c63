"""A monkey at the keyboard: random keys, pastes, clicks and sizes from a seed, while the server has faults from the same seed.

It presses every key except those that quit. It numbers its steps, so that a failure can be reported and repeated.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tests.pty.harness import KEYS, Terminal
from tests.servers import faults
from tests.servers.convoso_server import Fault, Invocation

NEVER: Final = frozenset({"q", "ctrl+q", "ctrl+z"})
"""What quits, and what hands the terminal back to a shell that is not there."""

SINGLE: Final = sorted(
    {
        *KEYS,
        *"abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        *" /:?#@+-*.,;!<>=[](){}'\"\\|~^%$&_`äß漢🙂é\u0301",
    }
    - NEVER
)

MEANT: Final = (
    ("/", "3010000{d}{d}{d}\r"), ("/", "jane public\r"), ("f2", "#10000{d}{d}\r"), ("f2", "nobody@example.com\r"),
    ("/", "{d}", "escape"), (":", "{d}{d}{d}{d}\r"), ("f", "CA\r"), ("f", "down", "down", "{d}", "down", "tab", "enter"),
    ("f", "ctrl+u", "escape"), ("C",), ("n", "status:NEW\r"), ("n", "plan_sold:Gold -{d}\r"), ("n", '"unfinished\r'),
    ("s", "1", "2", "enter"),
    ("s", "0", "enter"), ("o", "enter"), ("o", "/", "a", "escape", "escape"), ("w", "a {d}\r"), ("c", " ", "J", "enter"),
    ("c", "R", "enter"),
    ("Y", "j"), ("Y", "c"), ("y",), ("enter", "G", "enter"), ("enter", "F", "plan\r"), ("enter", "v", "z"), ("b",), ("r",), ("r",),
    ("g",), ("G",),
    ("?", "escape"), ("ctrl+p", "the{d}", "escape", "escape"), ("escape",), ("escape", "escape"), ("ctrl+c",), ("]",), ("[",),
    ("tab",), ("pagedown", "pagedown", "pagedown"), ("down",) * 12, ("l", "l", "h"),
)  # fmt: skip
"""What a user would do; {d} is a digit."""

SPLIT: Final = (
    "\x1b[<35;1{d};5M", "\x1b[<0;{d}0;1{d}M\x1b[<0;{d}0;1{d}m", "\x1b[200~30155501{d}{d}\x1b[201~", "\x1b[1;5C", "\x1b[6~",
    "\x1bOQ", "\x1b]11;rgb:0000/0000/0000\a", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]52;c;MzAxNTU1MDEyMw==\a",
    "\x1b]lfoo\x1b\\",
    "\x1b_Gi=31;OK\x1b\\", "\x1bP>|XTerm(390)\x1b\\", "\x1b^private\x1b\\", "\x1b[?62;22c", "\x1b[{d};{d}R", "漢字🙂é",
)  # fmt: skip
"""What may arrive in pieces; {d} is a digit."""

TEXTS: Final = (
    "Raul Moreno",
    "Ann\rBob\rCarl\r",
    "Ann\tPlain\t30155501{d}{d}\r\n",
    "jane@example.com",
    "+44 20 7946 00{d}{d}",
    "#100{d}",
)
"""What is pasted without brackets."""

INTERRUPT: Final = "\x03"
"""Ends the program while the terminal is still in the mode in which the shell left it."""

_NOISE: Final = b"\x00\x01\x02\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x1b[]OPM0123456789;?<>~abcABC\x7f\x80\x9b\xc3\xe2\xff "

SIZES: Final = ((80, 24), (120, 40), (1, 1), (60, 15), (59, 40), (200, 60), (100, 10))

Do = Callable[[], None]


class Monkey:
    """Performs a given number of steps on *terminal*, from *seed*; *is_early*: from the start of the program."""

    def __init__(self, terminal: Terminal, seed: int, *, is_early: bool = False) -> None:
        self.terminal = terminal
        self.chance = random.Random(seed)
        self.pressed = 0
        """Keys so far; a click, a paste and a size count as one."""
        self.last: list[str] = []
        """What it did last."""
        self.is_early = is_early

    def go_on(self, keys: int) -> None:
        """Press *keys* more keys."""
        until = self.pressed + keys
        kinds: list[Do] = [
            self._split,
            self._unbracketed,
            self._single,
            self._single,
            self._meant,
            self._meant,
            self._click,
            self._paste,
            self._resize,
            self._noise,
        ]
        weights = [10, 6, 40, 20, 40, 40, 4, 3, 2, 3]
        while self.pressed < until and not self.terminal.ended:
            self.chance.choices(kinds, weights)[0]()
            if self.chance.random() < 0.4:
                self.terminal.settle(0.02)
            else:
                self.terminal.pump(0.0)

    def _do(self, what: str | bytes, count: int) -> None:
        if INTERRUPT in str(what) and b"\x1b[?2004h" not in self.terminal.raw and self.is_early:
            return
        self.pressed += count
        self.last.append(repr(what))
        del self.last[:-400]
        self.terminal.send(what)

    def _single(self) -> None:
        key = self.chance.choice(SINGLE)
        self._do(KEYS.get(key, key), 1)

    def _meant(self) -> None:
        keys = self.chance.choice(MEANT)
        self._do(self._filled("".join(KEYS.get(key, key) for key in keys)), len(keys))

    def _filled(self, text: str) -> str:
        while "{d}" in text:
            text = text.replace("{d}", self.chance.choice("0123456789"), 1)
        return text

    def _split(self) -> None:
        data = self._filled(self.chance.choice(SPLIT)).encode()
        cut = self.chance.randint(1, len(data) - 1)
        self._do(data[:cut], 1)
        # Longer than a lone Escape is waited for, or not.
        self.terminal.watch(self.chance.choice((0.0, 0.01, 0.12)))
        self._do(data[cut:], 0)

    def _unbracketed(self) -> None:
        self._do(self._filled(self.chance.choice(TEXTS)), 1)

    def _click(self) -> None:
        button = self.chance.choice((0, 0, 2, 64, 65, 32, 35))
        column, line = self.chance.randint(1, 130), self.chance.randint(1, 45)
        self._do(f"\x1b[<{button};{column};{line}M\x1b[<{button};{column};{line}m", 1)

    def _paste(self) -> None:
        text = "".join(self.chance.choices("0123456789 ()+-#@.abc\n\x1b\t", k=self.chance.randint(1, 40)))
        self._do(f"\x1b[200~{text}\x1b[201~", 1)

    def _resize(self) -> None:
        self.pressed += 1
        size = (
            self.chance.choice(SIZES) if self.chance.random() < 0.5 else (self.chance.randint(1, 220), self.chance.randint(1, 70))
        )
        self.last.append(f"size {size}")
        self.terminal.resize(*size)

    def _noise(self) -> None:
        self._do(bytes(self.chance.choices(_NOISE, k=self.chance.randint(1, 12))), 1)


def random_faults(seed: int, share: float) -> Callable[[Invocation], Fault | None]:
    """Return a fault for *share* of the requests."""
    chance = random.Random(seed)
    kinds: tuple[Fault, ...] = (
        faults.status(500), faults.html(502), faults.html(), faults.cut(), faults.cut_json(), faults.hang_up(), faults.reset(),
        faults.garbage(), faults.too_many("0"), faults.status(401), faults.redirect("https://elsewhere.example/"), faults.body(b""),
        faults.body(b"[]"), faults.application_error(7231, "Invalid offset value"), faults.gzipped(),
        faults.application_error(9999, "\x1b[31m[/nope]"),
    )  # fmt: skip
    return lambda asked: chance.choice(kinds) if chance.random() < share else None
