"""Floor 1: leads out of the program: CSV, JSON, JSON lines, a table for people."""
