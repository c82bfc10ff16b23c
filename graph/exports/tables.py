"""Nodes and edges as rows with plain values: what all formats are made from, and the CSV of two files.

The names of the columns are those that Gephi and others expect of a table: `Id`, `Label`, `Source`,
`Target`, `Type`, `Weight`.
"""

import polars as pl

from graph.networks import Network

PlainValue = str | int | float | bool
_NODE = ("Id", "Label", "mode", "key", "kind", "territory", "population")
_TESTED = ("expected", "p", "q")
"""What a tie of a validated projection says besides."""
_EDGE = ("Source", "Target", "Type", "Weight", "roles", "newman", *_TESTED)


def nodes(network: Network) -> pl.DataFrame:
    """One row a node in the order of the network: `Id` (IRI), `Label`, `mode`, `key` (its id), `kind`, `territory`."""
    rows = [{"Id": node, "Label": values["name"], **plain(values)} for node, values in network.nodes(data=True)]
    return _frame(rows, _NODE, ("population",))


def edges(network: Network) -> pl.DataFrame:
    """One row an edge: `Source`, `Target`, `Type` (`Undirected`), `Weight`, `roles` or `newman`, what was tested."""
    rows = [
        {"Source": one, "Target": other, "Type": "Undirected", "Weight": values["weight"], **plain(values)}
        for one, other, values in network.edges(data=True)
    ]
    return _frame(rows, _EDGE, ("roles", "newman", *_TESTED))


def plain(values: dict[str, object]) -> dict[str, PlainValue]:
    """Attributes as any format can hold them: lists as one text with `|`, nothing where there is no value.

    A node's `id` becomes `key`: formats take `id` for the identity of a node, and ids are unique in their source only.
    """
    named = {"key" if name == "id" else name: value for name, value in values.items()}
    return {name: _plain(value) for name, value in named.items() if value is not None}


def _plain(value: object) -> PlainValue:
    if isinstance(value, list | tuple):
        return "|".join(map(str, value))
    return value if isinstance(value, str | int | float) else str(value)


def _frame(rows: list[dict[str, object]], columns: tuple[str, ...], optional: tuple[str, ...]) -> pl.DataFrame:
    """The rows as a frame; optional columns are there where one row has a value, the others always."""
    held = {name for row in rows for name in row}
    kept = [name for name in columns if name in held or name not in optional]
    values = {name: [row.get(name) for row in rows] for name in kept}
    return pl.DataFrame(values, schema_overrides={name: _TYPES.get(name, pl.String) for name in kept})


_TYPES: dict[str, type[pl.DataType]] = {
    "Weight": pl.Int64,
    "population": pl.Int64,
    **dict.fromkeys(("newman", *_TESTED), pl.Float64),
}
