"""Generated probes: callers with generated grants ask generated questions, and nothing they lack is anywhere."""
