"""What can be said of a source that is in trouble, or of the hub itself: one sentence, how bad it is, and what to do."""
