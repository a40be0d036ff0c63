"""Logging in through a real sshd that starts the program with ``ForceCommand``, and trying to get out of it.

It tests the block in docs/restricted.md, in a configuration that otherwise forbids nothing.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.pty.harness import APPS, PATIENCE, ROOT, Terminal, clean_environment
from tests.pty.program import TOKEN
from tests.servers.convoso_server import ConvosoServer
from tests.servers.leads import account
from tests.servers.ports import free_port

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER = pwd.getpwuid(os.geteuid()).pw_name
PRIVILEGE_SEPARATION = Path("/run/sshd")
LEADS = 400
OUTSIDE = "WENT-OUTSIDE"
"""What an attempt that succeeds would print, or the name of a file it would write."""


def reason_to_skip() -> str:
    """Return why sshd cannot be tested here, "" if it can."""
    if SSHD is None or shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
        return "there is no sshd and ssh here: install openssh-server"
    if os.geteuid() == 0:
        try:
            # Its own service makes this; without it sshd does not start as root.
            PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
        except OSError as error:
            return f"sshd needs {PRIVILEGE_SEPARATION}, which cannot be made here: {error.strerror}"
        with contextlib.suppress(OSError):
            locked = re.search(rf"(?m)^{re.escape(USER)}:!", Path("/etc/shadow").read_text())
            if locked:
                return f"the account {USER}, which would log in, is locked here"
    return ""


pytestmark = pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip() or "it can be tried")


@dataclass(frozen=True)
class Host:
    """A host that gives its user the program, and a client's key for it."""

    path: Path
    port: int
    server: ConvosoServer
    process: psutil.Process

    def ssh(self, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
        """The client's command line: *options* before the host, *arguments* after it."""
        own = ("-F", "none", "-p", str(self.port), "-i", str(self.path / "client"))
        settings = {
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": str(self.path / "known_hosts"),
            "BatchMode": "yes",
            "IdentityAgent": "none",
        }
        told = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return ["ssh", *own, *told, *options, "--", f"{USER}@127.0.0.1", *arguments]

    def open(self, *arguments: str, options: tuple[str, ...] = (), environ: Mapping[str, str] | None = None) -> Terminal:
        """Return a terminal in which the user logs in."""
        command = self.ssh(*arguments, options=("-tt", *options))
        return Terminal(command, environ=clean_environment(self.path, **(environ or {})), columns=100, lines=30, cwd=self.path)

    def run(self, *arguments: str, options: tuple[str, ...] = (), stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Log in without a terminal."""
        return subprocess.run(
            self.ssh(*arguments, options=options),
            input=stdin,
            capture_output=True,
            env=clean_environment(self.path),
            cwd=self.path,
            timeout=60,
            check=False,
        )

    def programs(self) -> list[psutil.Process]:
        """Return what runs on the host for the logged-in user, without sshd itself."""
        found = []
        for process in self.process.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if not process.name().startswith("sshd"):
                    found.append(process)
        return found


def documented_block() -> str:
    found = re.search(r"<!-- sshd_config -->\n```sshd_config\n(.*?)```", (ROOT / "docs" / "restricted.md").read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def configuration(path: Path, port: int) -> str:
    """Return the documented block, for this user and with the tests' program, after settings that permit everything.

    The login shell reads the startup files of the test's own folder: those of the user who runs the tests may wait for a lock.
    """
    block = documented_block()
    program = f"{sys.executable} -I {APPS / 'restricted.py'} {path / 'site' / 'policy.toml'} {path / 'home'}"
    started = block.replace("/opt/lead-tui/bin/python -I -m lead_tui", program)
    ours = started.replace("Match Group leads", f"Match User {USER}")
    assert block != started != ours
    return f"""
Port {port}
ListenAddress 127.0.0.1
HostKey {path}/host
PidFile {path}/pid
AuthorizedKeysFile {path}/client.pub
StrictModes no
SetEnv HOME={path}/home
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
PrintMotd no
PrintLastLog no
LogLevel DEBUG1
AcceptEnv *
PermitTTY yes
PermitUserRC yes
PermitTunnel yes
AllowTcpForwarding yes
AllowAgentForwarding yes
AllowStreamLocalForwarding yes
X11Forwarding yes
Subsystem sftp internal-sftp
{ours}"""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    for name in ("site", "home"):
        (tmp_path / name).mkdir(mode=0o755)
    token = tmp_path / "site" / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    port = free_port()
    (tmp_path / "sshd_config").write_text(configuration(tmp_path, port))
    with ConvosoServer(account(LEADS, token=TOKEN)) as server:
        policy = tmp_path / "site" / "policy.toml"
        policy.write_text(
            f'[profiles.main]\nbase_url = "{server.base_url}"\nauth_token_file = "token"\n'
            '[pace]\nrequests_per_second = 0\n[mask]\nfields = ["city"]\n'
        )
        policy.chmod(0o644)
        assert SSHD is not None
        with (tmp_path / "sshd.log").open("wb") as log:
            daemon = subprocess.Popen([SSHD, "-D", "-e", "-f", tmp_path / "sshd_config"], stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait_for_port(port, daemon, tmp_path / "sshd.log")
            host = Host(tmp_path, port, server, psutil.Process(daemon.pid))
            if os.geteuid() != 0 and (reason := _reason_of_sshd(host)):
                pytest.skip(reason)
            yield host
        finally:
            for process in [*psutil.Process(daemon.pid).children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            daemon.terminate()
            daemon.wait()


def _reason_of_sshd(host: Host) -> str:
    """Return why sshd, run by a user other than root, gives no one a terminal on this machine; "" if it does.

    Beforehand only root can see it.
    """
    host.run(options=("-tt",))
    told = (host.path / "sshd.log").read_text()
    if "account is locked" in told:
        # It goes without PAM.
        return f"sshd takes the account {USER}, which would log in, for locked"
    if re.search(r"chown\(/dev/pts/.*failed", told):
        return "sshd may not give terminals to the group tty: /dev/pts is mounted without gid=5 here, which only root makes up for"
    return ""


def _wait_for_port(port: int, daemon: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert daemon.poll() is None, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(log.read_text())


def assert_in_the_program(terminal: Terminal) -> None:
    """Check that the program has the whole screen, and that nothing else ran."""
    terminal.wait_for(re.compile(r" Row \d+ of 400 +· restricted "))
    assert OUTSIDE not in terminal.text


def assert_stayed_inside(host: Host) -> None:
    """Check that no attempt left anything behind."""
    assert [path for path in host.path.rglob("*") if OUTSIDE in path.name] == []
    assert {asked["auth_token"] for asked in host.server.requests} <= {TOKEN}


def leave(terminal: Terminal) -> None:
    """Quit, which ends the connection: there is no shell behind the program."""
    terminal.press("ctrl+q")
    assert terminal.wait_for_exit() == 0
    assert not terminal.alternate


# Inside


def test_a_login_starts_the_program_and_leaves_the_host_when_it_ends(host: Host) -> None:
    with host.open() as terminal:
        assert_in_the_program(terminal)
        terminal.press("enter")
        terminal.wait_for("Lead 1000000")
        terminal.wait_for("••••")
        assert "New York" not in terminal.text
        terminal.press("escape", "q")
        assert terminal.wait_for_exit() == 0
    assert host.programs() == []
    assert_stayed_inside(host)
    assert host.server.requests[0]["auth_token"] == TOKEN


KEYS = (
    *("ctrl+z", "ctrl+backslash", "ctrl+d", "ctrl+o", "ctrl+s", "ctrl+t", "ctrl+x", "ctrl+g", "ctrl+l", "ctrl+r", "ctrl+w"),
    *(f"f{number}" for number in range(1, 13)),
    *("!", "|", "$", "&", "@", "^", "_", "y", "Y", "u", "x", "E", "S", "P", "X", "Z", "~", "insert", "delete"),
)


def test_no_key_leads_out(host: Host) -> None:
    with host.open() as terminal:
        assert_in_the_program(terminal)
        for key in KEYS:
            terminal.press("\x1c" if key == "ctrl+backslash" else key)
            terminal.press("escape", "escape")
        terminal.press("u", "enter", "u", "y", "escape", "Y")
        terminal.wait_for("Copying is not allowed here")
        (program,) = [process for process in host.programs() if "restricted.py" in " ".join(process.cmdline()[-5:])][-1:]
        assert program.status() != psutil.STATUS_STOPPED
        assert program.children() == []
        terminal.press("j", "k")
        assert_in_the_program(terminal)
        leave(terminal)
        assert terminal.clipboard == []
        assert b"New York" not in terminal.raw
    assert_stayed_inside(host)


def test_nothing_in_the_palette_leads_out(host: Host) -> None:
    with host.open() as terminal:
        assert_in_the_program(terminal)
        for sought in ("screenshot", "suspend", "clipboard", "export leads"):
            terminal.press("ctrl+p")
            terminal.wait_for("Type a command")
            terminal.send(sought)
            terminal.wait_for("No such command")
            terminal.press("escape")
            terminal.wait_for(lambda t: "No such command" not in t.text)
        leave(terminal)
        assert terminal.clipboard == []
    assert_stayed_inside(host)


def test_text_typed_in_a_prompt_is_not_a_command(host: Host) -> None:
    with host.open() as terminal:
        assert_in_the_program(terminal)
        for opens in ("/", ":", "w", "n"):
            terminal.press(opens)
            terminal.send(f"!touch {OUTSIDE}; $(touch {OUTSIDE}) `touch {OUTSIDE}` ../{OUTSIDE}")
            terminal.press("enter", "escape", "escape", "escape")
        terminal.press("escape", "b", "b")
        leave(terminal)
    assert_stayed_inside(host)


# From the client's command line


COMMANDS = (
    ("sh", "-c", f"'echo {OUTSIDE}; touch {OUTSIDE}'"),
    (f"; touch {OUTSIDE}",),
    ("--base-url=http://127.0.0.1:1/v1", "--config-dir=/tmp", f"--log={OUTSIDE}"),
    ("search", "--demo"),
)


def test_a_command_of_the_clients_is_not_carried_out(host: Host) -> None:
    with host.open(*COMMANDS[0]) as terminal:
        assert_in_the_program(terminal)
        leave(terminal)
    for command in COMMANDS:
        done = host.run(*command)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"a terminal" in done.stderr
    assert_stayed_inside(host)


@pytest.mark.parametrize("subsystem", ["sftp", "/bin/sh"])
def test_no_subsystem_is_reached(host: Host, subsystem: str) -> None:
    done = host.run(subsystem, options=("-s",), stdin=b"\0\0\0\x05\x01\0\0\0\x03")
    # sshd discards a subsystem's error output.
    assert done.returncode == 2 or b"subsystem request failed" in done.stderr
    assert done.stdout == b""


def test_a_file_cannot_be_copied(host: Host) -> None:
    if shutil.which("scp") is None:
        pytest.skip("there is no scp here")
    (host.path / "carried").write_text("x")
    options = host.ssh()[1:-2]
    options[options.index("-p")] = "-P"
    for protocol in ("-O", "-s"):
        command = ["scp", protocol, *options, str(host.path / "carried"), f"{USER}@127.0.0.1:{host.path}/{OUTSIDE}"]
        done = subprocess.run(command, env=clean_environment(host.path), capture_output=True, timeout=60, check=False)
        assert done.returncode != 0
    assert_stayed_inside(host)


# The environment


def test_no_variable_of_the_clients_arrives(host: Host) -> None:
    code = host.path / "code"
    code.mkdir()
    (code / "sitecustomize.py").write_text(f"open({str(host.path / OUTSIDE)!r}, 'w')")
    (code / "start.sh").write_text(f"touch {host.path / OUTSIDE}")
    sent = {
        "LD_PRELOAD": str(code / "no.so"), "PYTHONPATH": str(code), "PYTHONSTARTUP": str(code / "sitecustomize.py"),
        "PYTHONINSPECT": "1", "PYTHONHOME": str(code), "BASH_ENV": str(code / "start.sh"), "ENV": str(code / "start.sh"),
        "LEAD_TUI_BASE_URL": "http://127.0.0.1:1/v1", "LEAD_TUI_CONFIG_DIR": str(code), "CONVOSO_AUTH_TOKEN": "0th3r",
        "XDG_CONFIG_HOME": str(code), "XDG_STATE_HOME": str(code), "HTTP_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1",
        "SSL_CERT_FILE": str(code), "TEXTUAL_DRIVER": "sitecustomize:x", "TEXTUAL": "debug",
        "TEXTUAL_LOG": str(host.path / OUTSIDE), "BROWSER": "touch", "EDITOR": "touch", "PAGER": "touch",
        "HOME": str(code), "PATH": str(code), "SHELL": "/bin/false",
    }  # fmt: skip
    # The client takes the first SetEnv only: all of them go into one.
    options = ("-o", "SetEnv=" + " ".join(f"{name}={value}" for name, value in sent.items()))
    with host.open(options=options) as terminal:
        assert_in_the_program(terminal)
        for program in host.programs():
            with contextlib.suppress(psutil.AccessDenied):
                seen = program.environ()
                assert not {name for name, value in sent.items() if seen.get(name) == value}
        leave(terminal)
        assert b"ld.so" not in terminal.raw
    assert_stayed_inside(host)
    assert not any((code / name).exists() for name in ("lead-tui", "queries.toml", "state"))


# Ways through the host


def answer_of(port: int) -> bytes:
    """Return the answer to a request to *port*, b"" if the connection is closed or reset."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as through, contextlib.suppress(ConnectionError):
        through.sendall(b"GET /v1/leads/search HTTP/1.0\r\n\r\n")
        answer = through.recv(100)
    return answer


def test_no_connection_goes_through_the_host(host: Host) -> None:
    done = host.run(options=("-W", f"127.0.0.1:{host.server.port}"), stdin=b"GET /v1/leads/search HTTP/1.0\r\n\r\n")
    assert done.returncode != 0
    assert b"administratively prohibited" in done.stderr
    local = free_port()
    forwarding = ("-L", f"127.0.0.1:{local}:127.0.0.1:{host.server.port}", "-D", f"127.0.0.1:{free_port()}")
    with host.open(options=forwarding) as terminal:
        assert_in_the_program(terminal)
        assert answer_of(local) == b""
        terminal.press("ctrl+q")
        terminal.wait_for_exit()
    remote = host.run(options=("-N", "-R", f"127.0.0.1:{free_port()}:127.0.0.1:{host.port}", "-o", "ExitOnForwardFailure=yes"))
    assert remote.returncode != 0
    assert b"remote port forwarding failed" in remote.stderr
    assert_stayed_inside(host)


def test_an_agent_is_not_forwarded(host: Host, short_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as agent:
        agent.bind(str(short_path / "agent"))
        agent.listen()
        with host.open(options=("-o", f"ForwardAgent={short_path / 'agent'}")) as terminal:
            assert_in_the_program(terminal)
            for program in host.programs():
                with contextlib.suppress(psutil.AccessDenied):
                    assert "SSH_AUTH_SOCK" not in program.environ()
            leave(terminal)


def test_a_broken_policy_lets_no_one_in(host: Host) -> None:
    (host.path / "site" / "policy.toml").write_text("restricted = perhaps")
    done = host.run(options=("-tt",))
    assert done.returncode == 5
    assert b"this is not TOML" in done.stdout + done.stderr
    (host.path / "site" / "policy.toml").unlink()
    done = host.run(options=("-tt",))
    assert done.returncode == 3
    assert b"No API token" in done.stdout + done.stderr
