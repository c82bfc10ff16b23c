"""The codes of the SDG goals and targets that exist, from the shipped reference."""

import csv
from functools import cache
from importlib.resources import files

import loaders
from loaders.cells import Row


@cache
def known_targets() -> frozenset[str]:
    """The 17 goals (`17`) and 169 targets (`17.17`)."""
    folder = files(loaders) / "data" / "sdg"
    names = ("goals.csv", "targets.csv")
    texts = [(folder / name).read_text(encoding="utf-8-sig") for name in names]
    return frozenset(row["code"] for text in texts for row in csv.DictReader(text.splitlines()))


def targets_of(row: Row, column: str) -> tuple[str, ...]:
    """The targets of a cell (`|` between); an unknown one is remarked and left out."""
    codes = row.many(column)
    for code in codes:
        if code not in known_targets():
            row.remark("unknown_target", column, code)
    return tuple(code for code in codes if code in known_targets())
