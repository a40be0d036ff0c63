"""The fixture that is for all tests here."""

from tests.drawn import drawn_when_read

__all__ = ["drawn_when_read"]
