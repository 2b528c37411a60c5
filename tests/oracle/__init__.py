"""The oracle: a slow, obvious reading of what the hub must answer, and generated questions that compare the two."""
