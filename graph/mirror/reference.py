"""The page `docs/neo4j.md`, written from the map of the mirror: `python -m graph.mirror.reference`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from graph.mirror import schema
from graph.mirror.schema import Key, LinkKind, NodeKind, Shape
from ontology import schemes
from ontology.rdf import ADMS, ENGLISH, FRENCH
from ontology.reference import curie

PAGE: Final = Path(__file__).parents[2] / "docs" / "neo4j.md"
_SHAPES: Final[dict[Shape, tuple[str, str]]] = {
    "text": ("texte", "text"),
    "texts": ("liste de textes", "list of texts"),
    "integer": ("entier", "integer"),
    "number": ("nombre", "number"),
}
_HEAD: Final = """# Le graphe dans Neo4j · The graph in Neo4j

<!-- Généré depuis graph/mirror/schema.py · Generated from graph/mirror/schema.py: python -m graph.mirror.reference -->

| Français | English |
|---|---|
| Le miroir est le graphe RDF d’une génération, en nœuds et en relations. `alliances mirror` l’écrit dans le serveur que nomme `NEO4J_URI`, `alliances serve` le tient à jour, et `alliances verify` prouve qu’il dit la même chose : chaque énoncé y est, et aucun autre. | The mirror is the RDF graph of a generation, as nodes and relationships. `alliances mirror` writes it into the server that `NEO4J_URI` names, `alliances serve` keeps it current, and `alliances verify` proves that it says the same: every statement is there, and no other. |
| Un champ qui a une valeur est une propriété du même nom ; un champ qui désigne une chose est une relation, nommée d’après sa propriété RDF ; une adhésion ou un lien daté est une seule relation, qui a son `iri`. Les concepts sont leurs clés (`foundation`), les dates des textes ISO aussi précis que la source (`2020`, `2020-05`), une valeur inconnue est absente. | A field with a value is a property of the same name; a field that names a thing is a relationship, called like its RDF property; a membership or a dated tie is one relationship, which has its `iri`. Concepts are their keys (`foundation`), dates are ISO texts as precise as the source (`2020`, `2020-05`), a value that is not known is absent. |
| Chaque nœud a `iri`, `id` (la clé dans sa source), `name` (en français) et `source` (le graphe nommé où se trouvent ses énoncés) ; `origin` est la ligne du fichier. Toute relation du miroir a `source`. | Each node has `iri`, `id` (the key in its source), `name` (in French) and `source` (the named graph in which its statements stand); `origin` is the row of the file. Each relationship of the mirror has `source`. |
| Ce que d’autres mettent dans la même base reste : le miroir ne touche que les nœuds de son emplacement et les relations, entre eux, des types ci-dessous. | What others put into the same database stays: the mirror only touches the nodes of its slot, and the relationships between them of the types below. |
| Des requêtes utiles : [cypher.md](cypher.md). Les mots de l’ontologie : [ontology.md](ontology.md). | Useful queries: [cypher.md](cypher.md). The words of the ontology: [ontology.md](ontology.md). |
"""  # noqa: E501  # a cell of a Markdown table is one line
_ACTORS: Final = (
    "La classe suit `kind` : `foaf:Person` pour `person`, sinon `org:Organization`, et aussi `m8g:PublicOrganisation` "
    "pour les publics. · The class follows from `kind`: `foaf:Person` for `person`, else `org:Organization`, and "
    "`m8g:PublicOrganisation` too for public ones.\n"
)
_REVIEWS: Final = (
    "`reviews`, `statuses` et `status_texts` vont ensemble : à chaque revue son statut, vide s’il n’est pas connu, et "
    "son texte. · `reviews`, `statuses` and `status_texts` go together: for each review its status, empty where it is "
    "not known, and its text.\n"
)
_BOOKKEEPING: Final = (
    (schema.SLOTS[0], "le nœud appartient à l’emplacement A", "the node belongs to slot A"),
    (schema.SLOTS[1], "le nœud appartient à l’emplacement B", "the node belongs to slot B"),
    (
        schema.STUB,
        "désigné, mais décrit nulle part dans la génération",
        "named, but described nowhere in the generation",
    ),
    (
        schema.MARKER,
        "ce qui est reflété : génération, emplacement, progrès",
        "what is mirrored: generation, slot, progress",
    ),
    (
        schema.GONE,
        "sorti du graphe, gardé pour les relations d’autrui",
        "out of the graph, kept for others’ relationships",
    ),
)
"""Label, in French, in English."""


def page() -> str:
    """The whole page, in Markdown."""
    kinds = schema.link_kinds().values()
    return "\n".join(
        [
            _HEAD,
            "## Nœuds · Nodes\n",
            *(line for same in _by_keys() for line in _nodes(same)),
            "## Relations sans identité · Relationships without an identity\n",
            *_table(_LINK_COLUMNS, (_pointer(kind) for kind in kinds if not kind.keyed)),
            "## Adhésions · Memberships\n",
            *_tie(schema.link_kinds()[schema.MEMBER_OF]),
            "## Liens datés · Dated ties\n",
            *_relations(),
            "## Tenue des livres · Book-keeping\n",
            *_table(
                ("étiquette · label", "Français", "English"), ((f"`{name}`", *said) for name, *said in _BOOKKEEPING)
            ),
        ]
    )


def heading(labels: Iterable[str]) -> str:
    """The heading of a kind of node."""
    return f"### `:{':'.join(labels)}`"


# Nodes


def _by_keys() -> Iterator[list[NodeKind]]:
    """The kinds of node; those of one table stand together, for they have the same keys."""
    tables = dict.fromkeys(kind.table for kind in schema.node_kinds().values())
    return ([kind for kind in schema.node_kinds().values() if kind.table == table] for table in tables)


def _nodes(kinds: list[NodeKind]) -> Iterator[str]:
    for kind in kinds:
        yield f"{heading(kind.labels)}\n"
        if kind.classes:
            yield "\n".join(f"- {_label(iri)} (`{curie(iri)}`)" for iri in kind.classes) + "\n"
        else:
            yield _ACTORS
    yield from _keys(kinds[0].keys)
    if any(key.name == "reviews" for key in kinds[0].keys):
        yield _REVIEWS


def _keys(keys: Iterable[Key]) -> Iterator[str]:
    columns = ("clé · key", "Français", "English", "valeur · value", "RDF")
    return _table(columns, map(_key, keys))


def _key(key: Key) -> tuple[str, ...]:
    language = {FRENCH: "@fr", ENGLISH: "@en"}.get(key.codec, "") if key.codec else ""
    return f"`{key.name}`", *_words(key), " · ".join(_SHAPES[key.shape]), f"`{curie(key.iri)}{language}`"


def _words(key: Key) -> tuple[str, str]:
    """What a key means, in French and in English."""
    if key.name in schemes.keys("identifier-scheme") and key.iri == ADMS + "identifier":
        registers = "identifier-scheme"
        return schemes.label(registers, key.name, "fr"), schemes.label(registers, key.name, "en")
    return schemes.property_label(key.iri, "fr"), schemes.property_label(key.iri, "en")


def _label(iri: str) -> str:
    return f"{schemes.class_label(iri, 'fr')} · {schemes.class_label(iri, 'en')}"


# Relationships

_LINK_COLUMNS: Final = ("type", "de · from", "vers · to", "Français", "English", "RDF")


def _pointer(kind: LinkKind) -> tuple[str, ...]:
    french, english = (schemes.property_label(kind.iri, lang) for lang in ("fr", "en"))
    return f"`{kind.type}`", _ends(kind.starts), _ends(kind.ends), french, english, f"`{curie(kind.iri)}`"


def _ends(labels: Iterable[str]) -> str:
    return ", ".join(f"`:{label}`" for label in labels)


def _tie(kind: LinkKind) -> Iterator[str]:
    yield f"`({_ends(kind.starts).strip('`')})-[:{kind.type}]->({_ends(kind.ends).strip('`')})`\n"
    yield from _keys(kind.keys)


def _relations() -> Iterator[str]:
    kinds = schema.relation_kinds()
    yield from _table(("type", "Français", "English", "RDF"), (_relation(key, kind) for key, kind in kinds.items()))
    yield from _keys(next(iter(kinds.values())).keys)


def _relation(key: str, kind: LinkKind) -> tuple[str, ...]:
    french, english = (schemes.label("relation", key, lang) for lang in ("fr", "en"))
    return f"`{kind.type}`", french, english, f"`{curie(kind.iri)}`"


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
