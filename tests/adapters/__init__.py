"""Each kind of source: the conformance suite on the real thing, and what is its own."""
