"""The commands that set a hub up and look after it, as people type them."""
