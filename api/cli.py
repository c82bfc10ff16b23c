"""The command `alliances`, as a table of contents.

Exit status: 0 done, 1 the data or the answer is not good, 2 wrong use, 130 interrupted. An error is one
sentence on standard error; `--debug` shows the trace.
"""

import gc
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException
from typer.main import get_group

from api import commands

INTERRUPTED = 130
_DEBUG = "--debug"

_START, _DATA, _LISTS, _ANALYSIS, _OUT = "Start", "Data", "Lists", "Analysis", "Take away"

CONTENTS: dict[str, tuple[str, str, str]] = {
    # command: (its module in api.commands, its section, what it does)
    "up": ("serving", _START, "Build if there is no generation or the program has changed, then serve."),
    "serve": ("serving", _START, "Serve the current generation over HTTP."),
    "version": ("about", _START, "Say which version of the program and of the data this is."),
    "sources": ("sources", _DATA, "List every source that can be loaded, and its last load."),
    "fetch": ("fetch", _DATA, "Download a source from its publisher."),
    "check": ("sources", _DATA, "Read a file as a source and report on it; changes nothing."),
    "build": ("building", _DATA, "Build a new generation from the sources and publish it."),
    "forget": ("forget", _DATA, "Erase an actor, and keep it out of every later build."),
    "validate": ("building", _DATA, "Check the current generation against the shapes (SHACL)."),
    "dedupe": ("dedupe", _DATA, "Find actors that may be the same, and judge of them."),
    "generations": ("about", _DATA, "List the generations that are kept."),
    "actors": ("lists", _LISTS, "List organisations, and persons in a public role."),
    "alliances": ("lists", _LISTS, "List alliances."),
    "territories": ("lists", _LISTS, "List territories."),
    "measures": ("lists", _LISTS, "List the documented measures of the mission."),
    "chantiers": ("lists", _LISTS, "List the chantiers of the mission."),
    "platforms": ("lists", _LISTS, "List the platforms opened for alliances."),
    "programmes": ("lists", _LISTS, "List programmes, reports, studies, conditions, challenges and findings."),
    "studies": ("lists", _LISTS, "List studies with their figures."),
    "events": ("lists", _LISTS, "List events."),
    "conditions": ("lists", _LISTS, "List the enabling conditions of alliances."),
    "targets": ("lists", _LISTS, "List the targets of the SDGs, and how many alliances contribute to each."),
    "metrics": ("analysis", _ANALYSIS, "Measure actors, alliances or territories in their network."),
    "networks": ("analysis", _ANALYSIS, "Say how big, how tight and in how many pieces each network is."),
    "bridges": ("analysis", _ANALYSIS, "List the ties without which a network falls apart."),
    "isolation": ("analysis", _ANALYSIS, "Say which territories have no alliance, and of which we cannot tell."),
    "whatif": ("whatif", _ANALYSIS, "Say what a new alliance would help, or a departure harm."),
    "path": ("path", _ANALYSIS, "Say how one actor or territory reaches another."),
    "series": ("series", _ANALYSIS, "Count what was active year by year, or follow one number."),
    "diff": ("diff", _ANALYSIS, "Say what differs between two days or two generations."),
    "significance": ("significance", _ANALYSIS, "Say what is more, or less, than chance would give."),
    "intervals": ("significance", _ANALYSIS, "Say how far ranks move when some memberships are missing."),
    "pockets": ("significance", _ANALYSIS, "Find territories that are low among low ones, or high among high."),
    "query": ("query", _ANALYSIS, "Ask a SPARQL query; with --cypher, ask the mirror."),
    "mirror": ("mirror", _OUT, "Bring the graph in Neo4j to the current generation."),
    "verify": ("mirror", _OUT, "Prove that the graph in Neo4j is the current generation."),
    "view": ("view", _OUT, "Write a page: a network, a map."),
    "export": ("export", _OUT, "Write the data in a format of other programs."),
    "cite": ("diff", _OUT, "Say how to cite the current generation."),
    "card": ("card", _OUT, "Ask a question and write down all that its answer depends on."),
    "rerun": ("card", _OUT, "Ask the question of a run card again: is the answer the same?"),
}

ASKING = tuple(name for name, (_, section, _) in CONTENTS.items() if section in {_LISTS, _ANALYSIS} and name != "query")
"""The commands that only answer, from the current generation and their arguments alone."""


def main() -> None:
    """Run the command that the arguments name, and end with its exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit status of a command."""
    debug, rest = _without_debug(arguments)
    try:
        return int(_program().main(rest, prog_name="alliances", standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - this is where every error ends, as a sentence
        if debug:
            traceback.print_exception(error)
        return _failed(error)


def _without_debug(arguments: Sequence[str]) -> tuple[bool, list[str]]:
    """Whether `--debug` stands anywhere before `--`, and the arguments without it."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    rest = [one for place, one in enumerate(arguments) if one != _DEBUG or place > end]
    return len(rest) < len(arguments), rest


def _failed(error: Exception) -> int:
    """Say the error in one sentence; its exit status."""
    sentence, status = (_usage(error), error.exit_code) if isinstance(error, TyperException) else _explained(error)
    typer.echo(f"alliances: {sentence}", err=True)
    return status


def _explained(error: Exception) -> tuple[str, int]:
    from api.commands.failures import explain  # noqa: PLC0415 - knows the errors of all packages, which costs a second

    return explain(error)


def _usage(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    where = f" (see {context.command_path} --help)" if context else ""
    return f"{error.format_message().rstrip('.')}{where}"


class Deferred(TyperCommand):
    """A command whose module is imported when it is used: `--help` must not wait for libraries of data."""

    def __init__(self, name: str, module: str, text: str) -> None:
        super().__init__(name, help=text, short_help=text)
        self._command = name
        self._module = module

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the real command, which is then the one that runs. `Any`: typer keeps these types private."""
        module = _imported(self._module)
        return get_group(module.app).commands[self._command].make_context(info_name, args, parent, **extra)


def _imported(name: str) -> ModuleType:
    """A module of commands. What it makes lives on: to look for garbage in it costs a tenth of the start."""
    gc.disable()
    try:
        return import_module(f"{commands.__name__}.{name}")
    finally:
        gc.enable()


class Program(TyperGroup):
    """All commands, listed by section; in plain text, because rich alone takes longer than all of the help."""

    def format_commands(self, _: Any, formatter: Any) -> None:
        """Write the lines of the help. `Any`: typer keeps these types private."""
        for section in dict.fromkeys(section for _, section, _ in CONTENTS.values()):
            with formatter.section(section):
                formatter.write_dl([(name, text) for name, (_, of, text) in CONTENTS.items() if of == section])


def _program() -> TyperGroup:
    app = typer.Typer(cls=Program, add_completion=False, invoke_without_command=True, rich_markup_mode=None)
    app.callback()(alliances)
    program = get_group(app)
    for name, (module, _, text) in CONTENTS.items():
        program.add_command(Deferred(name, module, text))
    return program


def alliances(
    context: typer.Context,
    debug: Annotated[bool, typer.Option(_DEBUG, help="Show the trace of an error.")] = False,
) -> None:
    """Who allies with whom for the general interest in France, around SDG 17."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


if __name__ == "__main__":
    main()
