"""Who asks, as those who ask know it: the hub on a real socket, real clients, real attacks."""
