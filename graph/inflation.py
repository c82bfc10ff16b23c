"""How much of a projection its big alliances make: one of n members becomes a clique of n(n−1)/2 ties.

M. E. J. Newman, S. H. Strogatz and D. J. Watts, Phys. Rev. E 64 (2001), on clustering that the projection makes.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from graph.networks import Network

BIG = 10
"""An alliance of more members than this is called big: it makes more than 45 ties at once."""

MAX_TIES = 2_000_000
"""A projection of more ties would take over a gigabyte."""

Projected: TypeAlias = Literal["actor", "alliance", "territory"]
"""The mode of what is tied."""


class TooManyTiesError(ValueError):
    """A projection that no memory would hold: an actor in 18,000 alliances ties 162 million pairs of them."""

    def __init__(self, mode: Projected, ties: int) -> None:
        super().__init__(
            f"the projection on {mode}s would have up to {ties:,} ties, at most {MAX_TIES:,} can be looked at: ask for "
            "the two-mode network"
        )


def warning_of(network: "Network") -> tuple[str, str] | None:
    """The warning that goes with a one-mode network, validated or not; None without nodes."""
    mode = next((known.get("mode") for _, known in network.nodes(data=True)), None)
    if mode is None:
        return None
    made = network.graph
    if "validated" in made:
        return validated_warning(made["validated"], made["tests"], made["projected"], network.number_of_edges())
    return warning(made.get("big_share"), mode)


def warning(share: float | None, mode: Projected) -> tuple[str, str]:
    """What the reader of a projected network must know, in French and in English.

    `share` is that of the ties that big ones alone make, 0 to 1; None without ties.
    """
    (what_fr, big_fr), (what_en, big_en) = _WHAT[mode]
    french = f"Réseau projeté : {what_fr} y devient une clique de n(n−1)/2 liens."
    english = f"A projected network: {what_en} becomes a clique of n(n−1)/2 ties."
    if share is None:
        return french, english
    percent = round(100 * share)
    part_fr = f"{percent}\N{NO-BREAK SPACE}% des liens n’y viennent que {big_fr}"
    part_en = f"{percent}% of its ties come from {big_en} alone"
    return (
        f"{french} {part_fr} : densité et regroupement y disent la taille autant que des choix.",
        f"{english} {part_en}: density and clustering speak of size as much as of choices.",
    )


def validated_warning(alpha: float, tests: int, projected: int, kept: int) -> tuple[str, str]:
    """The same of a validated projection: `kept` of `projected` ties have q ≤ `alpha`, of `tests` pairs tested."""
    level = f"{alpha:g}"
    french = (
        "Réseau projeté et validé : n’y restent que les liens plus forts que le hasard "
        f"(q ≤ {level.replace('.', ',')}), {kept} sur {projected}, après comparaison de {tests} paires. "
        "Ce qui n’est pas montré n’est pas absent."
    )
    english = (
        f"A projected and validated network: only ties stronger than chance (q ≤ {level}) remain, {kept} of "
        f"{projected}, {tests} pairs having been compared. What was not shown is not absent."
    )
    return french, english


_WHAT: dict[Projected, tuple[tuple[str, str], tuple[str, str]]] = {
    "actor": (
        ("une alliance de n membres", f"d’alliances de plus de {BIG} membres"),
        ("an alliance of n members", f"alliances of more than {BIG} members"),
    ),
    "alliance": (
        ("un acteur membre de n alliances", f"d’acteurs membres de plus de {BIG} alliances"),
        ("an actor in n alliances", f"actors in more than {BIG} alliances"),
    ),
    "territory": (
        ("une alliance qui touche n territoires", f"d’alliances qui touchent plus de {BIG} territoires"),
        ("an alliance that touches n territories", f"alliances that touch more than {BIG} territories"),
    ),
}
"""What makes the cliques, and what is big, in French and in English."""
