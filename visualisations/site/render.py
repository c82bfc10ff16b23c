"""From plain values to the HTML of a page. The templates escape everything; a text that is missing raises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from ontology import schemes
from ontology.schemes import Language
from visualisations.shell import environment
from visualisations.site import formats, places, words
from visualisations.site.assets import NAMES, asset, asset_url
from visualisations.site.places import Place

_TEMPLATES: Final = Path(__file__).parent / "templates"
NAVIGATION: Final = ("actors", "alliances", "territories", "map", "network", "isolation", "questions", "about")
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The content security policy of every page: nothing inline, nothing from elsewhere."""

Row = Mapping[str, Any]
"""A thing as `api.answers` gives it; `Any` because the tables decide what a field holds."""


@dataclass(frozen=True)
class Frame:
    """What every page needs to know: its language, where it is, and which data it was read from.

    `generation` is empty where there is none yet; `pinned` pages keep their generation in every link.
    """

    lang: Language
    place: Place
    generation: str = ""
    graph_sha256: str = ""
    knowledge: str = ""
    """The day of the state of knowledge."""
    pinned: bool = False

    def url(self, target: Place | str, key: str = "", /, **query: object) -> str:
        """The address of a section, a record or a place in the language of the page."""
        place = target if isinstance(target, Place) else Place(target, key)
        return place.url(self.lang, **self._pin(), **query)

    def in_other_language(self, lang: Language) -> str:
        """The address of this very page in a language."""
        return self.place.url(lang, **self._pin())

    def _pin(self) -> dict[str, str]:
        return {"generation": self.generation} if self.pinned else {}

    @property
    def permalink(self) -> str:
        """The address that shows this page for as long as its generation is kept."""
        return self.place.url(self.lang, generation=self.generation)

    @property
    def current(self) -> str:
        """The address of this page in the current generation."""
        return self.place.url(self.lang)


def page(name: str, frame: Frame, title: str, values: Mapping[str, object]) -> str:
    """The page of a template (`home`, `list`, `record` …); `values` are what that template names."""
    lang = frame.lang
    return (
        environment(_TEMPLATES)
        .get_template(f"{name}.html")
        .render(frame=frame, title=title, **_tools(frame), **values, lang=lang)
    )


def _tools(frame: Frame) -> dict[str, object]:
    """What the templates call, each bound to the language of the page."""
    lang = frame.lang
    return {
        "t": _Texts(lang),
        "url": frame.url,
        "asset": asset_url,
        "navigation": NAVIGATION,
        "date": partial(formats.date, lang=lang),
        "period": partial(formats.period, lang=lang),
        "number": partial(formats.number, lang=lang),
        "kind": partial(formats.kind_label, lang=lang),
        "label": partial(schemes.label, lang=lang),
        "definition": partial(_definition, lang=lang),
        "safe": formats.safe_url,
        "host": formats.host,
        "named": partial(_named, lang=lang),
        "field": partial(_field, lang=lang),
    }


@dataclass(frozen=True)
class _Texts:
    """The texts of a language, as templates ask for them: `t("skip")`, `t.count(3, "results")`."""

    lang: Language

    def __call__(self, key: str, **values: object) -> str:
        return words.text(key, self.lang, **values)

    def count(self, value: int, noun: str) -> str:
        """`1 résultat`, `3 résultats`; French counts 0 in the singular."""
        one = value in {0, 1} if self.lang == "fr" else value == 1
        number = "one" if one else "many"
        return f"{formats.number(value, self.lang)} {self(f'{noun}.{number}')}"


def _named(row: Row, lang: Language) -> str:
    """What a thing is called in a language; its French name where it has no English one."""
    return str(row.get("name_en") or row["name"]) if lang == "en" else str(row["name"])


def _field(row: Row, name: str, lang: Language) -> object:
    """The text of a field that has a column a language (`coverage_fr`, `coverage_en`), French where English lacks."""
    return row.get(f"{name}_{lang}") or row[f"{name}_fr"]


def _definition(scheme: str, key: str, lang: Language) -> str:
    return schemes.concept(scheme, key).definitions.get(lang, "")


@cache
def version() -> str:
    """A tag of all that makes the pages beside the data: templates, texts and assets."""
    digest = sha256()
    for file in sorted([*_TEMPLATES.iterdir(), Path(words.__file__), Path(formats.__file__), Path(places.__file__)]):
        digest.update(file.read_bytes())
    for name in NAMES:
        digest.update(asset(name).tag.encode())
    return digest.hexdigest()[:12]


Test = Callable[[object], bool]
