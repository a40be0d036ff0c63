"""Floor 1: an embedded Convoso over invented leads, computed and never stored."""

from __future__ import annotations

from lead_tui.demo.endpoint import Demo as Demo
