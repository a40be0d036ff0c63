"""Tests. A package, so that the servers in it can be imported by any of them."""
