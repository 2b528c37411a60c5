"""The floor, for the pages that the public sees of its codes."""

from tests.code.conftest import floor, small

__all__ = ["floor", "small"]
