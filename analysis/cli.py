"""The command line: demo, run, check, new.

Exit code 0: done. 2: the input is wrong, with one sentence on standard error. Anything else is a
fault of the toolkit and shows itself as such.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from analysis.study.progress import Progress

__all__ = ["app", "main"]

app = typer.Typer(
    name="cityripple",
    help="From city boundaries to spatial spillovers: weights, spatial Durbin panels, LISA maps, "
    "reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Out = Annotated[
    Path,
    typer.Option(
        "--out",
        help="Folder for the results; it is replaced if an earlier run made it.",
        metavar="DIR",
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", min=1, help="Processes to work with; the numbers are the same.", metavar="N"
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="Scheduler of a Dask cluster whose workers fit; the numbers are the same.",
        metavar="ADDRESS",
    ),
]
Fresh = Annotated[
    bool,
    typer.Option("--fresh", help="Compute everything again, what is kept of earlier runs too."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
TablePath = Annotated[
    Path | None,
    typer.Option("--table", help="Table to read instead of the study file's.", metavar="PATH"),
]
BoundaryPath = Annotated[
    str | None,
    typer.Option(
        "--boundaries", help="Boundaries to read instead of the study file's.", metavar="PATH"
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Replace one key of the study file; may be repeated.",
        metavar="SECTION.KEY=VALUE",
    ),
]
StudyPath = Annotated[
    Path, typer.Argument(metavar="STUDY.toml", help="The study file.", show_default=False)
]


def main() -> None:
    """Run the command line; what is wrong with the input becomes one sentence and exit code 2."""
    _console_that_never_fails()
    with refusals():
        try:
            sys.exit(app(standalone_mode=False))
        except _USAGE_FAULTS as fault:
            _explain(fault)
            sys.exit(2)
        except typer.Abort:
            sys.exit(130)


_USAGE_FAULTS: tuple[type[Exception], ...] = tuple(
    c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException"
)


def _explain(fault: Any) -> None:
    """Say in one sentence what is wrong with the command; without any command print the help."""
    message = " ".join(fault.format_message().split())
    if type(fault).__name__ == "NoArgsIsHelpError":
        fault.show()
        return
    typer.echo(f"cityripple: {message.rstrip('.')}; see cityripple --help.", err=True)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn exactly the refusals of the packages into one sentence and exit code 2."""
    try:
        yield
    except ValueError as error:
        if not _is_refusal(error):
            raise
        typer.echo(f"cityripple: {_one_line(error)}", err=True)
        raise SystemExit(2) from None


def _is_refusal(error: ValueError) -> bool:
    from shapes.errors import InputError as ShapesError
    from spatial.errors import InputError

    return isinstance(error, (InputError, ShapesError))


def _one_line(error: ValueError) -> str:
    return " ".join(str(error).split())


def _console_that_never_fails() -> None:
    """Show what the console's encoding lacks as question marks instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the form typer calls
    if wanted:
        from importlib.metadata import version

        typer.echo(f"cityripple {version('cityripple')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """From city boundaries to spatial spillovers: weights, spatial Durbin panels, maps, reports."""


@app.command()
def demo(
    *,
    out: Out = Path("demo"),
    lang: Annotated[str, typer.Option("--lang", help="Language of the report: en or zh.")] = "en",
    jobs: Jobs = 1,
    fresh: Fresh = False,
    quiet: Quiet = False,
) -> None:
    """Run the demonstration study on synthetic data and show truth beside estimate."""
    from analysis.study import run as run_study
    from analysis.study.start import demo_study

    with _bar(quiet=quiet) as progress, _stopping():
        result = run_study(demo_study(lang), out=out, jobs=jobs, fresh=fresh, progress=progress)
    _done(result.out, quiet=quiet)


@app.command()
def run(
    study: StudyPath,
    *,
    out: Out = Path("out"),
    table: TablePath = None,
    boundaries: BoundaryPath = None,
    set_: Settings = None,
    jobs: Jobs = 1,
    cluster: Cluster = None,
    fresh: Fresh = False,
    quiet: Quiet = False,
) -> None:
    """Run a study and write its report, tables, maps, layers and numbers."""
    from analysis.study import run as run_study

    overrides = _overrides(set_)
    with _bar(quiet=quiet) as progress, _stopping():
        result = run_study(
            study,
            out=out,
            table=table,
            boundaries=boundaries,
            overrides=overrides,
            jobs=jobs,
            cluster=cluster,
            fresh=fresh,
            progress=progress,
        )
    _done(result.out, quiet=quiet)


@app.command()
def check(
    study: StudyPath,
    *,
    table: TablePath = None,
    boundaries: BoundaryPath = None,
    set_: Settings = None,
    aliases: Annotated[
        Path | None,
        typer.Option(
            "--aliases", help="Where to write the table of names to fill in.", metavar="PATH"
        ),
    ] = None,
) -> None:
    """Read data, join them and describe the weights; fit nothing."""
    from analysis.study import check as check_study

    found = check_study(
        study, table=table, boundaries=boundaries, overrides=_overrides(set_), aliases=aliases
    )
    typer.echo(found.text)
    found.refuse()


@app.command()
def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder.", show_default=False)
    ],
) -> None:
    """Write a commented study file and a small table to start from."""
    from analysis.study.start import new_study

    for line in new_study(folder):
        typer.echo(line)


def _overrides(settings: list[str] | None) -> dict[str, Any]:
    """Read section.key=value; the value is TOML, or text where it is none."""
    import tomllib

    from spatial.errors import InputError

    result: dict[str, Any] = {}
    for setting in settings or ():
        key, sign, text = setting.partition("=")
        if not sign or "." not in key:
            raise InputError(
                f"--set {setting}: write it as section.key=value, such as model.kind=SAR."
            )
        try:
            result[key.strip()] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            result[key.strip()] = text.strip()
    return result


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Progress | None]:
    """Give a progress bar on a terminal; nothing with --quiet or into a file."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield show


@contextmanager
def _stopping() -> Iterator[None]:
    """Say after Ctrl-C that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("cityripple: stopped; the same command goes on from what is computed.", err=True)
        raise SystemExit(130) from None


def _done(out: Path, *, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"{out / 'report.html'}")
