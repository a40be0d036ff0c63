"""The saved query that is the contract's example."""

from __future__ import annotations

NEW_IN_CALIFORNIA = """\
name = "New in California"
filters = { status = "NEW", state = "CA", created_at_start_date = "-7d", "+plan_sold" = "Gold" }
columns = ["name", "phone_number", "city"]
sort = ["-created_at", "last_name"]
key = "1"
"""
"""The lines of its table, but for ``start``."""
