"""``python -m lead_tui``, the same as ``lead-tui``."""

from __future__ import annotations

import sys

from lead_tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
