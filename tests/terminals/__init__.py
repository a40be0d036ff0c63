"""The program in real terminals under a virtual display; run by hand: ``python -m tests.terminals``."""
