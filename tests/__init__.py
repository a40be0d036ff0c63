"""Tests. A package, so that any test can import its servers."""
