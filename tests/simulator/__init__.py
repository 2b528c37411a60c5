"""The simulator: matrices, differences, replays, self-checks, past days."""
