"""How a source is asked."""
