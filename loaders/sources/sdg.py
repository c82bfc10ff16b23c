"""The 17 Sustainable Development Goals and their 169 targets: the reference of every `targets` column."""

import re
from collections.abc import Iterator

from loaders.cells import Row
from loaders.errors import RowError
from loaders.registry import Files, loader
from loaders.tabular import Columns
from ontology.provenance import Coverage, Loaded, Source
from ontology.reasons import ReasonCode
from ontology.records import Goal, Target

SOURCE = Source(
    name="sdg",
    title_fr="Objectifs et cibles de développement durable",
    title_en="Sustainable Development Goals and targets",
    publisher="Alliances",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://metadata.un.org/sdg/",
    formats=("csv",),
    coverage=Coverage(
        fr="Référentiel : les 17 objectifs et les 169 cibles, aucune alliance.",
        en="A reference: the 17 goals and the 169 targets, no alliance.",
    ),
    attribution="The Alliances contributors ; codes et IRI : Nations unies",
    vintage="2015",
    at_least={"goals.csv": 17, "targets.csv": 169},
)

_LABELS = {"label_fr": "name", "label_en": "name_en"}
_IGNORED = {"un_iri": "the UN's IRI is made from the code"}
GOALS = Columns(fields={"code": "key", **_LABELS}, required=("code", *_LABELS), ignored=_IGNORED)
TARGETS = Columns(
    fields={"code": "key", "goal": "goal", "group": "group", **_LABELS},
    required=("code", "goal", *_LABELS),
    ignored=_IGNORED,
)

_GOAL = re.compile("[1-9]|1[0-7]")
_TARGET = re.compile(r"([1-9]|1[0-7])\.([1-9]|1[0-9]|[a-d])")


@loader(SOURCE, files=("goals.csv", "targets.csv"), data="sdg", columns=(GOALS, TARGETS))
def load(files: Files) -> Iterator[Loaded]:
    """Yield the goals, then the targets."""
    reading = _Reading()
    yield from files.records("goals.csv", GOALS, reading.goal)
    yield from files.records("targets.csv", TARGETS, reading.target)


class _Reading:
    """Which codes were read so far, and from which row."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def goal(self, row: Row) -> tuple[Goal]:
        """The goal of a row of `goals.csv`."""
        code = self._new_code(row, _GOAL)
        goal = Goal(source=SOURCE.name, key=code, name=row.required("label_fr"), name_en=row.required("label_en"))
        self._rows[code] = row
        return (goal,)

    def target(self, row: Row) -> tuple[Target]:
        """The target of a row of `targets.csv`; its goal must have been read."""
        code, goal = self._new_code(row, _TARGET), row.required("goal")
        if goal not in self._rows:
            raise RowError("dangling_reference", "goals.csv", column="goal", value=goal)
        if code.partition(".")[0] != goal:
            raise RowError("unknown_target", f"goal {goal}", column="code", value=code)
        target = Target(
            source=SOURCE.name,
            key=code,
            name=row.required("label_fr"),
            name_en=row.required("label_en"),
            goal=goal,
            group=row.concept("group", "target-group"),
        )
        self._rows[code] = row
        return (target,)

    def _new_code(self, row: Row, grammar: re.Pattern[str]) -> str:
        code = row.required("code")
        if not grammar.fullmatch(code):
            raise RowError("unknown_target", column="code", value=code)
        earlier = self._rows.get(code)
        if earlier is not None:
            reason: ReasonCode = "duplicate_id" if earlier.values == row.values else "conflicting_duplicate"
            raise RowError(reason, f"row {earlier.number}", column="code", value=code)
        return code
