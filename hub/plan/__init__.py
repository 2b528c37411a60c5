"""Room 2: from an operation and a policy to what is asked of the sources."""
