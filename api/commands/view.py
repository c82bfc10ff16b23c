"""`alliances view`: pages as files that ask nothing of any network."""

from typing import Annotated, TypeAlias

import typer

from api.answers import ViewQuestion, view
from api.commands.options import AsOfModeOption, AsOfOption, LevelOption, current_reader
from api.limits import LIMITS
from api.output import note, write_page
from ontology.schemes import Language

app = typer.Typer()
pages = typer.Typer()
app.add_typer(pages, name="view", help="Write a page: a network, a map.")

PageOption: TypeAlias = Annotated[
    str | None, typer.Option("--out", "-o", metavar="FILE.html", help="Where to write; - is standard output.")
]
LangOption: TypeAlias = Annotated[Language, typer.Option("--lang", help="The language of the page.")]


@pages.command("network")
def network(
    out: PageOption = None,
    lang: LangOption = "fr",
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
) -> None:
    """Draw the whole ecosystem."""
    _write(ViewQuestion(kind="network", lang=lang, as_of=as_of, as_of_mode=as_of_mode), out)


@pages.command("ego")
def ego(  # noqa: PLR0913, PLR0917 - one parameter an option
    actor: Annotated[str, typer.Argument(metavar="ID", help="The actor's id; see alliances actors --q NAME.")],
    depth: Annotated[int, typer.Option(min=1, max=LIMITS.ego_depth, help="1: its alliances and allies.")] = 1,
    out: PageOption = None,
    lang: LangOption = "fr",
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
) -> None:
    """Draw what surrounds an actor."""
    question = ViewQuestion(kind="ego", of=actor, depth=depth, lang=lang, as_of=as_of, as_of_mode=as_of_mode)
    _write(question, out)


@pages.command("territory")
def territory(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Such as REG-28, DEP-14, COM-14118.")],
    out: PageOption = None,
    lang: LangOption = "fr",
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
) -> None:
    """Draw the alliances of a territory, and who is seated there."""
    _write(ViewQuestion(kind="territory", of=code, lang=lang, as_of=as_of, as_of_mode=as_of_mode), out)


@pages.command("target")
def target(
    code: Annotated[str, typer.Argument(metavar="T", help="A goal (17) or a target (17.17).")],
    out: PageOption = None,
    lang: LangOption = "fr",
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
) -> None:
    """Draw the alliances that contribute to an SDG goal or target."""
    _write(ViewQuestion(kind="target", of=code, lang=lang, as_of=as_of, as_of_mode=as_of_mode), out)


@pages.command("map")
def show_map(
    level: LevelOption = "departement",
    out: PageOption = None,
    lang: LangOption = "fr",
    as_of: AsOfOption = None,
    as_of_mode: AsOfModeOption = "possible",
) -> None:
    """Draw the map of a level: where alliances are, and where we cannot tell."""
    _write(ViewQuestion(kind="map", level=level, lang=lang, as_of=as_of, as_of_mode=as_of_mode), out)


def _write(question: ViewQuestion, out: str | None) -> None:
    write_page(view(current_reader(), question), out)
    if out is not None:
        note(f"wrote {out}")
