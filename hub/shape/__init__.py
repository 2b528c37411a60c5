"""Room 4: replies become the answer a caller reads."""
