"""Benchmarks: what a question costs, printed as ratios from one run."""
