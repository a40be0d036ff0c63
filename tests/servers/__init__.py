"""Servers on loopback for tests and benchmarks: a Convoso over real HTTP, with faults on request.

``convoso_server`` serves any function from parameters to status and body; ``leads`` is a small such function; ``faults`` are
possible faults of an answer; ``certificates`` are for TLS.
"""
