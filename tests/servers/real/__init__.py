"""Real web servers on loopback before a PHP endpoint, run by hand: ``python -m tests.servers.real`` (see README.md here)."""
