"""Installs, starts and stops the real servers, each in a temporary folder on loopback: PHP's, nginx, Apache, HAProxy, Caddy."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from tests.servers.ports import free_port

HERE: Final = Path(__file__).parent
LEADS: Final = 5_000
FIRST_ID: Final = 1_000_000_000
UNSENDABLE: Final = (1_234, 3_333, 4_711)
"""As in ``endpoint.php``: how many leads, the id before the first, and the rows that PHP cannot encode."""
TOKEN: Final = "plainly0synthetic0token000000001"
PACKAGES: Final = {
    "/usr/sbin/nginx": "nginx-light",
    "/usr/lib/apache2/modules/libphp8.2.so": "libapache2-mod-php8.2",
    "/usr/sbin/haproxy": "haproxy",
    "/usr/bin/caddy": "caddy",
    "/usr/sbin/php-fpm8.2": "php8.2-fpm",
    "/usr/bin/php8.2": "php8.2-cli",
}
"""Debian package by a file that it brings."""

START_SECONDS: Final = 20.0
"""A server that does not accept connections by then has failed to start."""


class RealServer(NamedTuple):
    """A running server."""

    name: str
    version: str
    port: int

    def base_url(self, under: str = "") -> str:
        """The base URL; *under* is a path for which the server, not the endpoint, answers."""
        return f"http://127.0.0.1:{self.port}{under}/v1"


def install() -> None:
    """Install what is missing from Debian's packages; services are not started. Raises ``CalledProcessError``."""
    missing = sorted({package for path, package in PACKAGES.items() if not Path(path).exists()})
    if missing:
        # RUNLEVEL keeps the packages' scripts from starting their services.
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "-qq", "update"], check=True, env=environ)
        subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing], check=True, env=environ)


@contextmanager
def servers() -> Iterator[list[RealServer]]:
    """Run all five until the end of the block."""
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.chmod(0o755)
        shutil.copy(HERE / "endpoint.php", work)
        (work / "forbidden").mkdir()
        (work / "forbidden" / "index.html").write_text("never served")
        php, nginx, apache, haproxy, caddy = (free_port() for _ in range(5))
        environ = {**os.environ, "REAL_TOKEN": TOKEN, "PHP_CLI_SERVER_WORKERS": "4", "HOME": str(work), "XDG_DATA_HOME": str(work)}

        def run(*command: str) -> None:
            with (work / "output.log").open("ab") as output:
                process = subprocess.Popen(
                    command, env=environ, cwd=work, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
            stack.callback(_end, process)

        def configured(name: str, port: int = 0) -> str:
            text = (HERE / name).read_text()
            for mark, value in {"WORK": work, "PORT": port, "TOKEN": TOKEN, "BACKEND": nginx}.items():
                text = text.replace(f"@{mark}@", str(value))
            (work / name).write_text(text)
            return str(work / name)

        run("/usr/bin/php8.2", "-d", "display_errors=1", "-S", f"127.0.0.1:{php}", str(work / "endpoint.php"))
        run("/usr/sbin/php-fpm8.2", "-R", "-y", configured("fpm.conf"))
        run("/usr/sbin/nginx", "-c", configured("nginx.conf", nginx), "-e", str(work / "nginx.log"))
        run("/usr/sbin/apache2", "-D", "FOREGROUND", "-f", configured("apache.conf", apache))
        run("/usr/sbin/haproxy", "-db", "-f", configured("haproxy.cfg", haproxy))
        run("/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", configured("Caddyfile", caddy))
        found = [
            RealServer("PHP", _version("/usr/bin/php8.2", "-v"), php),
            RealServer("nginx", _version("/usr/sbin/nginx", "-v"), nginx),
            RealServer("Apache", _version("/usr/sbin/apache2", "-v"), apache),
            RealServer("HAProxy", _version("/usr/sbin/haproxy", "-v"), haproxy),
            RealServer("Caddy", _version("/usr/bin/caddy", "version"), caddy),
        ]
        for each in found:
            _wait_for(each, work)
        yield found


def _end(process: subprocess.Popen[bytes]) -> None:
    # With its workers, which PHP's built-in server leaves behind: they are in the session that was made for them.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _version(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    digits = (word.strip("v/()") for word in (done.stdout + done.stderr).replace("/", " ").replace("-", " ").split())
    return next((word for word in digits if word[:1].isdigit() and "." in word), "unknown")


def _wait_for(server: RealServer, work: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in work.glob("*.log"))
                raise RuntimeError(f"{server.name} did not start:\n{logs}") from None
            time.sleep(0.05)
