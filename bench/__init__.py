"""Benchmarks: what a question costs the hub, beside other servers and room by room."""
