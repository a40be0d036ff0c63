"""The commands that do not start the app: the version and the help, compared with an interpreter that does nothing."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence

from tests.bench.figures import Figure
from tests.bench.programs import Programs, command


def one_run(words: Sequence[str], environ: Mapping[str, str]) -> float:
    """Return the milliseconds that a process takes."""
    started = time.perf_counter()
    subprocess.run(words, env=dict(environ), stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1_000


def measured(programs: Programs, python: str, rounds: int) -> list[Figure]:
    """*rounds* interleaved runs of each, after one that is not counted."""
    runs = {"pass": [python, "-c", "pass"], **{f"--{name}": [*command(python), f"--{name}"] for name in ("version", "help")}}
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, words in runs.items():
            one = one_run(words, programs.ours.environ)
            if number:
                found[name].append(one)
    limits = {"--version": 3.0, "--help": 4.0}
    return [Figure(f"lead-tui {name}", "ms", found[name], "python -c pass", found["pass"], limit) for name, limit in limits.items()]
