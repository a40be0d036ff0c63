"""lead-tui: find a lead in a Convoso account, from the keyboard, over SSH."""

__version__ = "0.1.0"
