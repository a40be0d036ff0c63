"""The smallest app on lead_tui.terminal: it shows the keys it receives, and misbehaves on demand."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

from lead_tui.terminal import environment

environment.prepare_environment(os.environ)

from textual.app import ComposeResult  # noqa: E402
from textual.binding import BindingType  # noqa: E402
from textual.content import Content  # noqa: E402
from textual.events import Key, Paste  # noqa: E402
from textual.widgets import Static  # noqa: E402

from lead_tui.terminal import crash_report, process  # noqa: E402
from lead_tui.terminal.host import HostedApp  # noqa: E402

SECRET = "token-" + "5" * 8


class Minimal(HostedApp[None]):
    """Keys: ctrl+q quits; X an error, T one in a thread, R in the thread that reads keys; H holds the loop; Y copies;

    W and E quit and leave a thread that will not end.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+q", "quit", "Quit")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static(Content("ready"), id="keys")

    def show(self, text: str) -> None:
        self.keys.append(text)
        self.query_one("#keys", Static).update(Content("ready " + " ".join(self.keys)))

    def on_key(self, event: Key) -> None:
        secret = SECRET  # a local that a traceback with locals would print
        self.show(event.key)
        match event.key:
            case "X":
                raise ValueError(f"of {secret}")
            case "T":
                threading.Thread(target=self.fail, args=(secret,)).start()
            case "H":
                time.sleep(60)
            case "W":
                threading.Thread(target=time.sleep, args=(60,)).start()
                self.exit()
            case "E":
                asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)
                self.exit()
            case "Y":
                self.copy_to_clipboard("(301) 001-0000")
            case "R":
                self._driver.process_message = self.fail  # type: ignore[method-assign,union-attr]
            case _:
                pass

    def fail(self, secret: object) -> None:
        raise KeyError(secret)

    def on_paste(self, event: Paste) -> None:
        self.show(f"paste:{event.text!r}")


def main() -> int:
    process.harden()
    log = Path(os.environ["HOME"]) / "crash.log"
    crash_report.report_uncaught(log)
    app = Minimal()
    app.run()
    if app.crash is not None:
        print(f"lead-tui: {crash_report.report(app.crash, log)}", file=sys.stderr)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
