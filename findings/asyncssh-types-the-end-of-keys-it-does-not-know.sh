#!/bin/sh
# asyncssh 2.24.1 (PyPI): a server that reads lines, as a menu or a lookup that agents reach by `ssh lookup@host`, has a line editor for users with a
# terminal. Of a key that the editor does not know it drops the sequence up to the first character that no known key has there, and types the
# rest into the line:
#   ctrl+Left, ctrl+Right   ESC [ 1 ; 5 D, ESC [ 1 ; 5 C   5D, 5C
#   shift+Left              ESC [ 1 ; 2 D                  2D
#   F5                      ESC [ 1 5 ~                    ~
#   Page Up, Insert         ESC [ 5 ~, ESC [ 2 ~           ~
# (as xterm sends them). After ctrl+Left, which moves by a word in most shells, 301 555 0123 is 301 555 01235D: a program that keeps the digits looks
# up, or dials, eleven of them. The typed text is on the screen, but the agent looks at the digits that were mistyped. Home, End, Delete and the
# arrows work.
#
# What to do: in the server, channel.register_key for each of them, with a function that changes nothing, as here; or line_editor=False.
set -eu
work=$(mktemp -d)
export TMPDIR="$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q asyncssh==2.24.1
"$work/venv/bin/python" - <<'PYTHON'
import asyncio

import asyncssh

NUMBER = "301 555 0123"
KEYS = {
    "ctrl+Left": ("\x1b[1;5D", "5D"),
    "ctrl+Right": ("\x1b[1;5C", "5C"),
    "shift+Left": ("\x1b[1;2D", "2D"),
    "F5": ("\x1b[15~", "~"),
    "Page Up": ("\x1b[5~", "~"),
    "Insert": ("\x1b[2~", "~"),
    "End": ("\x1b[F", ""),
}
lines: asyncio.Queue[str] = asyncio.Queue()
registered = False


class Server(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return False


async def lookup(process: asyncssh.SSHServerProcess) -> None:
    if registered:
        for sequence, typed in KEYS.values():
            if typed:
                process.channel.register_key(sequence, lambda line, position: (line, position))
    process.stdout.write("phone: ")
    await lines.put((await process.stdin.readline()).rstrip("\n"))
    process.exit(0)


async def line_after(port: int, sequence: str) -> str:
    connection = asyncssh.connect("127.0.0.1", port, username="lookup", known_hosts=None, client_keys=None, config=None)
    async with connection as client, client.create_process(term_type="xterm", encoding=None) as terminal:
        await terminal.stdout.readuntil(b"phone: ")
        terminal.stdin.write(f"{NUMBER}{sequence}\r".encode())
        return await asyncio.wait_for(lines.get(), 20)


async def main() -> None:
    global registered
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.create_server(Server, "127.0.0.1", 0, server_host_keys=[key], process_factory=lookup)
    for registered in (False, True):
        for name, (sequence, typed) in KEYS.items():
            observed = await line_after(server.get_port(), sequence)
            print(f"{NUMBER} and {name}{', registered' * registered}: {observed}")
            assert observed == NUMBER + typed * (not registered), (name, observed)


asyncio.run(main())
PYTHON
