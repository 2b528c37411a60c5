"""Random bytes in blocks: as many as asked, never the same twice, not even in a forked process."""

import os

from hub.randomness import Randomness


def test_each_is_given_once():
    """Texts have the length asked for and differ, across the ends of blocks too."""
    source = Randomness()
    drawn = [source.hexadecimal(size) for size in (8, 16, 24) * 500]
    assert [len(text) for text in drawn[:3]] == [16, 32, 48]
    assert len(set(drawn)) == len(drawn)


def test_a_forked_process_draws_its_own():
    """A child and its parent give out different bytes, though they share what was drawn before."""
    source = Randomness()
    source.hexadecimal(8)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, source.hexadecimal(16).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 64).decode() != source.hexadecimal(16)
    os.close(reading)
    os.close(writing)
