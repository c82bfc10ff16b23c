"""The frame that every page shares: templates that escape, a policy that lets nothing else run, the context line."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final, Literal, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ontology.schemes import Language
from visualisations import texts

_TEMPLATES: Final = Path(__file__).parent / "templates"
_VIS_NETWORK: Final = ("templates", "lib", "vis-9.1.2", "vis-network.min.js")
_SCRIPTS: Final = ("vis", "network.js")


@dataclass(frozen=True)
class PageContext:
    """What a page says of where its numbers come from, and where the records can be read."""

    generation: str
    graph_sha256: str
    as_of: date | None = None
    """The date that the network stands for; none is every date."""
    as_of_mode: Literal["possible", "certain"] = "possible"
    coverage_fr: str = texts.NO_COVERAGE_FR
    coverage_en: str = texts.NO_COVERAGE_EN
    site: str | None = None
    """The path of the site's root (`/`), for links to records; none for a file that stands alone."""

    def lines(self, scope: str, lang: Language) -> "Lines":
        """The context of a page; `scope` is what it counted."""
        return [
            (texts.text("scope", lang), scope),
            (texts.text("as_of", lang), texts.day(self.as_of, self.as_of_mode, lang)),
            (texts.text("coverage", lang), self.coverage_fr if lang == "fr" else self.coverage_en),
            (texts.text("generation", lang), self.generation),
            (texts.text("hash", lang), self.graph_sha256),
        ]


@dataclass(frozen=True)
class Head:
    """What a page is about: its title, and one sentence on it."""

    title: str
    lead: str


Lines: TypeAlias = list[tuple[str, str]]
"""(name, value) of each line of context under a page."""


def render(template: str, head: Head, lines: Lines, lang: Language, values: Mapping[str, object]) -> str:
    """The page as one HTML file that asks nothing of any network."""
    return (
        environment(_TEMPLATES)
        .get_template(template)
        .render(
            head=head,
            lang=lang,
            t=texts.TEXTS[lang],
            lines=lines,
            policy=policy(),
            script=script,
            css=Markup(_css()),  # noqa: S704 — our own file
            **values,
        )
    )


def fragment(template: str, values: Mapping[str, object]) -> Markup:
    """A part of a page, its values escaped."""
    return Markup(environment(_TEMPLATES).get_template(template).render(**values))  # noqa: S704 — the template escapes


@cache
def script(name: str) -> Markup:
    """A script of ours, or `vis`: the vis-network that pyvis carries."""
    if name == "vis":
        return Markup(_vis_network())  # noqa: S704 — a file of a pinned package, put in as it is
    return Markup(_own(name))  # noqa: S704 — our own file


@cache
def policy() -> str:
    """The content security policy of every page: its own scripts and styles by their hash, and nothing else.

    The data stand in a block of JSON, which is not run; so the policy is the same for all pages.
    """
    scripts = " ".join(_hash(script(name)) for name in _SCRIPTS)
    return (
        f"default-src 'none'; script-src {scripts}; style-src {_hash(_css())}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def csp_header() -> str:
    """The `Content-Security-Policy` for pages over HTTP: `policy` and what a `<meta>` cannot say."""
    return f"{policy()}; frame-ancestors 'self'; sandbox allow-scripts"


def record_url(context: PageContext, lang: Language, collection: str, key: str) -> str | None:
    """Where the record `key` (already percent-encoded) of `actors`, `alliances` … is read; none without a site."""
    return None if context.site is None else f"{context.site}{lang}/{collection}/{key}"


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


@cache
def _css() -> str:
    return _own("page.css") + map_css()


def map_css() -> str:
    """The styles that `map.svg` and its legend need, for whoever shows them in a page of their own."""
    return _own("map.css")


def _own(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _vis_network() -> str:
    import pyvis  # noqa: PLC0415 — takes half a second, which a command that draws nothing need not wait for

    path = resources.files(pyvis).joinpath(*_VIS_NETWORK)
    # the map is not there, and a browser with its tools open would ask for it
    return path.read_text(encoding="utf-8").partition("//# sourceMappingURL=")[0]


@cache
def environment(folder: Path) -> Environment:
    """The templates of a folder: everything is escaped, and a value that is missing raises."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
