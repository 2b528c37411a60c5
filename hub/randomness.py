"""Random bytes from the operating system, asked for in blocks: a question needs few, and each asking is a system call."""

import os

_BLOCK = 4096


class Randomness:
    """Bytes that are given out once and never again; a process that was forked draws its own."""

    def __init__(self) -> None:
        self._block = b""
        self._used = 0
        os.register_at_fork(after_in_child=self._forget)

    def hexadecimal(self, size: int) -> str:
        """So many bytes, at most a block, as hexadecimal text."""
        if self._used + size > len(self._block):
            self._block, self._used = os.urandom(_BLOCK), 0
        taken = self._block[self._used : self._used + size]
        self._used += size
        return taken.hex()

    def _forget(self) -> None:
        self._block = b""


RANDOM = Randomness()
