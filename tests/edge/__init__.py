"""The HTTP edge, asked over real sockets: what it accepts, how it refuses, and that it never breaks."""
