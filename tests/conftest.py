"""Fixtures and environment for every test."""

from __future__ import annotations

import signal

from hypothesis import settings

for _number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    # Tests that run in the background may ignore signals, and so would every program that a test starts.
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL)

# A busy machine may take longer for any example.
settings.register_profile("any speed", deadline=None)
settings.load_profile("any speed")
