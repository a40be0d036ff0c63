"""Servers on loopback for tests and benchmarks: a Convoso over real HTTP, with faults to order.

``convoso_server`` serves any function from parameters to status and body; ``leads`` is a small such function; ``faults`` are
the ways in which an answer may go wrong; ``certificates`` are for TLS.
"""
