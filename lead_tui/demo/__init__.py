"""Level 1: a demo account with sample leads, which are computed and never stored."""

from __future__ import annotations

from lead_tui.demo.endpoint import Demo as Demo
