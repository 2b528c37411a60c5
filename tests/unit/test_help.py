"""What `--help` shows: whole sentences, however wide the terminal is."""

from collections.abc import Iterator

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from hub.cli import cli


def commands() -> Iterator[tuple[str, ...]]:
    """The words of every command and group."""

    def below(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*words, name))

    return below(get_command(cli), ())


@pytest.mark.parametrize("width", [80, 97])
def test_no_help_is_cut(width):
    """A description goes on in the next line instead of ending in an ellipsis, with Chinese in it, too."""
    runner, seen, cut = CliRunner(), 0, []
    for words in commands():
        shown = runner.invoke(cli, [*words, "--help"], env={"COLUMNS": str(width), "TERMINAL_WIDTH": str(width)})
        assert shown.exit_code == 0
        seen += 1
        cut += [(words, line) for line in shown.stdout.splitlines() if "…" in line.replace("//…", "")]
    assert seen > 60
    assert cut == []
