"""`python -m bench`: what can be measured, and the commands that measure it."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import Annotated, Any

import typer

from bench import compare, first, matching, names, profile, stages
from bench.data import SIZES
from bench.drive import Method
from bench.load import NotReady
from bench.questions import QUESTIONS

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

QuestionNames = Annotated[list[str] | None, typer.Argument(help=f"of {', '.join(QUESTIONS)}; all unless named")]
Entities = Annotated[str, typer.Option(help=f"size of the data: {', '.join(SIZES)}")]
Seconds = Annotated[int, typer.Option(min=1, max=600, help="seconds of a turn")]
ServerCore = Annotated[int, typer.Option(help="core of the servers")]
LoadCore = Annotated[int, typer.Option(help="core of wrk and PostgreSQL")]


@cli.callback(invoke_without_command=True)
def listed(context: typer.Context) -> None:
    """What the hub costs, beside others and by itself."""
    if context.invoked_subcommand is None:
        print("questions:")
        for question in QUESTIONS.values():
            print(f"  {question.name}  {question.about}")
        print(f"\nsizes: {', '.join(SIZES)}\nservers: {', '.join(compare.SERVERS)}\n")
        print(context.get_help())


@cli.command()
def data(entities: Entities = "200k") -> None:
    """Load the data into PostgreSQL, unless it is there already."""
    _run(compare.show_data(_one_of(entities, SIZES)))


@cli.command()
def peers(
    questions: QuestionNames = None,
    entities: Entities = "200k",
    servers: Annotated[str, typer.Option(help=f"of {', '.join(compare.SERVERS)}")] = ",".join(compare.USUAL),
    connections: Annotated[list[int], typer.Option(min=1, max=512, help="may be repeated")] = [16],  # noqa: B006 - typer copies it
    rounds: Annotated[int, typer.Option(min=1, max=99)] = 3,
    seconds: Seconds = 5,
    warm: Annotated[int, typer.Option(min=1, max=60, help="seconds of warm-up before the rounds")] = 2,
    server_core: ServerCore = 0,
    load_core: LoadCore = 1,
) -> None:
    """Compare the hub with other servers on the same data."""
    method = Method(rounds, seconds, warm, tuple(connections), server_core, load_core)
    named = [_one_of(name, compare.SERVERS) for name in servers.split(",")]
    asked = compare.Comparison(_one_of(entities, SIZES), named, _questions(questions), method)
    _run(compare.compare(asked))


@cli.command("matching")
def matching_(
    each: Annotated[int, typer.Option(min=2, max=100_000, help="pairs of each kind")] = 400,
    setting: Annotated[
        bool, typer.Option("--setting", help="the half for setting the rules, with what went wrong")
    ] = False,
    show: Annotated[int, typer.Option(min=0, help="wrong pairs to show of each kind, with --setting")] = 5,
) -> None:
    """Measure how often matching is right, by kind of pair, on the half that no rule was set by."""
    matching.run(each, setting=setting, show=show)


@cli.command("names")
def names_(
    total: Annotated[int, typer.Option("--names", min=100, max=10_000_000, help="names in the index")] = 100_000,
    candidates: Annotated[int, typer.Option(min=2, max=100_000, help="candidates of each sort")] = 500,
    store: Annotated[str, typer.Option(help="address of an empty store")] = "sqlite:///hub.db",
) -> None:
    """Fill a name index and resolve candidates against it."""
    names.run(total, candidates, store)


@cli.command("stages")
def stages_(
    rounds: Annotated[int, typer.Option(min=1, max=99)] = 7,
    write: Annotated[bool, typer.Option("--write", help="store the figures as the new baseline")] = False,
) -> None:
    """Measure each room of the gateway in this process and compare with the stored baseline."""
    _run(stages.run(compare.VAR, rounds, write=write))


@cli.command("first")
def first_(port: Annotated[int, typer.Option(min=1, max=65535, help="free port for the demo city")] = 8099) -> None:
    """Measure the first page of a code after a start, asked at once and once the hub has settled."""
    _run(first.run(port))


@cli.command("profile")
def profile_(
    questions: QuestionNames = None,
    entities: Entities = "200k",
    connections: Annotated[int, typer.Option(min=1, max=512)] = 16,
    seconds: Seconds = 5,
    server_core: ServerCore = 0,
    load_core: LoadCore = 1,
) -> None:
    """Show in which room the hub's CPU time goes under load."""
    loading = profile.Loading(connections, seconds, server_core, load_core)
    _run(profile.run(_one_of(entities, SIZES), _questions(questions), loading))


def _run(work: Coroutine[Any, Any, object]) -> None:
    try:
        asyncio.run(work)
    except NotReady as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None


def _questions(named: Sequence[str] | None) -> list[str]:
    return [_one_of(name, QUESTIONS) for name in named or QUESTIONS]


def _one_of(given: str, known: Iterable[str]) -> str:
    if given not in known:
        raise typer.BadParameter(f"{given} is none of {', '.join(known)}")
    return given


if __name__ == "__main__":
    cli(prog_name="python -m bench")
