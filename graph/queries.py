"""The project's own SPARQL queries, asked in this process.

Only fixed queries of ours come here: a stranger's runs in a process that can be killed.
"""

from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolution, QuerySolutions, Variable

from graph.generation import Generation
from ontology.rdf import PREFIXES

Row: TypeAlias = dict[str, str | None]
"""One solution by the names of its variables: a literal's text, a node's IRI, None where a variable is not bound."""

PROLOGUE = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())


def select(generation: Generation, query: str) -> list[Row]:
    """The solutions of a SELECT query, in its order; `ontology.rdf.PREFIXES` stand before it.

    Raises `TypeError` if it is an ASK, CONSTRUCT or DESCRIBE, `SyntaxError` if it is no SPARQL.
    """
    solutions = generation.sparql(PROLOGUE + query)
    if not isinstance(solutions, QuerySolutions):
        raise TypeError("select answers SELECT queries only: this one has no rows")
    return [_row(solution, solutions.variables) for solution in solutions]


def _row(solution: QuerySolution, variables: list[Variable]) -> Row:
    return {variable.value: _text(solution[variable]) for variable in variables}


def _text(term: object) -> str | None:
    # Triples as terms do not occur: `ontology.rdf` makes none.
    return term.value if isinstance(term, Literal | NamedNode | BlankNode) else None
