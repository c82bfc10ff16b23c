"""Where each node of a network is drawn: computed once, the same on every run.

Discs within discs. The nodes with one tie stand in rings around the node that they are tied to (a star); the
stars of a Leiden community are placed by their distances in it; the communities by the quotient graph; the
components side by side, the large one first, isolates last. So communities are seen and nothing overlaps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from graph.communities import leiden
from graph.networks import Network

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

LEAF_GAP = 7.0
STAR_GAP = 30.0
COMMUNITY_GAP = 60.0
BLOCK_GAP = 40.0
ASPECT = 1.5
"""Width over height of the whole picture, about that of the part of a screen it is shown on."""
STRESS_ROUNDS = 80
OVERLAP_ROUNDS = 400
SETTLE_ROUNDS = 3
_DENSE_START = 1500
"""Items up to which the start is classical scaling, which takes memory and time with their square and cube."""


def node_size(degree: int) -> float:
    """The radius of a node with `degree` ties, in the units of the positions; at least 5."""
    return 5.0 + 2.6 * sqrt(degree)


def positions(graph: Network) -> dict[str, tuple[float, float]]:
    """Node → (x, y), rounded to 0.1, y downwards, around (0, 0); no two nodes share a place.

    The answer depends on the nodes and ties alone, not on the order in which they were added.
    """
    nodes = sorted(graph)
    if not nodes:
        return {}
    adjacency = _adjacency(graph, nodes)
    xy = _drawing(adjacency)
    xy = (xy - (xy.max(axis=0) + xy.min(axis=0)) / 2) * _air(len(nodes))
    return {node: (round(float(x), 1), round(float(y), 1)) for node, (x, y) in zip(nodes, xy, strict=True)}


def _air(nodes: int) -> float:
    """How much a small network is spread, so that there is room for the names of all its nodes."""
    return 1.0 + 0.8 * max(0.0, 1.0 - nodes / 250)


@dataclass(frozen=True)
class _Block:
    """Items that were placed together: their numbers, their places around (0, 0), and the radius that holds them."""

    items: Ints
    xy: Floats
    radius: float


def _adjacency(graph: Network, nodes: Sequence[str]) -> csr_array:
    number = {node: position for position, node in enumerate(nodes)}
    ties = sorted({tuple(sorted((number[a], number[b]))) for a, b in graph.edges if a != b})
    pairs = np.array(ties, dtype=np.int64).reshape(-1, 2)
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(nodes), len(nodes)))


def _drawing(adjacency: csr_array) -> Floats:
    """(n, 2): every component drawn by itself, then all packed."""
    degree = np.diff(adjacency.indptr)
    sizes = np.array([node_size(int(ties)) for ties in degree])
    _, labels = connected_components(adjacency, directed=False)
    blocks = [_component(adjacency, degree, sizes, members) for members in _groups(labels)]
    xy = np.zeros((adjacency.shape[0], 2))
    for block, centre in zip(blocks, _pack(blocks), strict=True):
        xy[block.items] = block.xy + centre
    return xy


def _groups(labels: npt.ArrayLike) -> list[Ints]:
    """The positions of each label, in the order of the labels."""
    values = np.asarray(labels)
    order = np.argsort(values, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(values[order])) + 1)


def _component(adjacency: csr_array, degree: Ints, sizes: Floats, members: Ints) -> _Block:
    """One component: stars, within communities, within the quotient graph."""
    stars = [_star(hub, leaves, sizes) for hub, leaves in _stars(adjacency, degree, members)]
    if len(stars) == 1:
        return stars[0]
    hubs = np.array([star.items[0] for star in stars])
    core = adjacency[hubs][:, hubs]
    groups = _groups(_communities(core))
    communities = [_arrange([stars[star] for star in group], core[group][:, group], STAR_GAP) for group in groups]
    label = np.empty(len(hubs), dtype=np.int64)
    for number, group in enumerate(groups):
        label[group] = number
    member = csr_array((np.ones(len(hubs)), (np.arange(len(hubs)), label)), shape=(len(hubs), len(groups)))
    quotient = csr_array(member.T @ core @ member)
    return _arrange(communities, quotient, COMMUNITY_GAP, turn=_turner(adjacency))


def _stars(adjacency: csr_array, degree: Ints, members: Ints) -> list[tuple[int, Ints]]:
    """(hub, its leaves) for every hub of a component; of a pair, the first is the hub."""
    leaf = degree[members] == 1
    if len(members) == 2:
        leaf[0] = False
    hubs, leaves = members[~leaf], members[leaf]
    owner = adjacency.indices[adjacency.indptr[leaves]]
    return [(int(hub), leaves[owner == hub]) for hub in hubs]


def _star(hub: int, leaves: Ints, sizes: Floats) -> _Block:
    """The hub in the middle, its leaves in as many rings as they need."""
    pitch = 2 * node_size(1) + LEAF_GAP
    places, radius = [np.zeros((1, 2))], float(sizes[hub])
    left = len(leaves)
    while left:
        ring = radius + LEAF_GAP + node_size(1) + (6.0 if radius == sizes[hub] else 0.0)
        count = min(left, int(2 * pi * ring / pitch))
        angles = 2 * pi * (np.arange(count) + (len(places) % 2) / 2) / count
        places.append(ring * np.column_stack([np.cos(angles), np.sin(angles)]))
        left, radius = left - count, ring + node_size(1)
    return _Block(np.concatenate([[hub], leaves]), np.concatenate(places), radius)


def _communities(core: csr_array) -> Ints:
    """The Leiden community of each hub; one for all where there are few."""
    size = core.shape[0]
    if size < 12:
        return np.zeros(size, dtype=np.int64)
    return leiden(core)


Turn: TypeAlias = Callable[[Sequence[_Block], Floats], list[_Block]]


def _arrange(blocks: Sequence[_Block], ties: csr_array, gap: float, turn: Turn | None = None) -> _Block:
    """The blocks as discs of one larger block, near where their ties pull them."""
    if len(blocks) == 1:
        return blocks[0]
    radii = np.array([block.radius for block in blocks])
    centres = _apart(_compact(_stress(ties, radii, gap), radii), radii, gap)
    placed = blocks
    if turn:
        placed = turn(blocks, centres)
        centres = _settled(placed, centres, gap)
    xy = np.concatenate([block.xy + centre for block, centre in zip(placed, centres, strict=True)])
    middle = (xy.max(axis=0) + xy.min(axis=0)) / 2
    radius = float((np.linalg.norm(centres - middle, axis=1) + radii).max())
    return _Block(np.concatenate([block.items for block in placed]), xy - middle, radius)


def _stress(ties: csr_array, radii: Floats, gap: float) -> Floats:
    """(n, 2): distances on the plane as near as possible to those along the ties, near pairs counting most."""
    wanted = _wanted(ties, radii, gap)
    weights = wanted**-2.0
    np.fill_diagonal(weights, 0.0)
    total = weights.sum(axis=1, keepdims=True)
    xy = _start(wanted)
    pull = weights * wanted
    for _ in range(STRESS_ROUNDS):
        ratio = pull / np.maximum(cdist(xy, xy), 1e-9)
        xy = (weights @ xy + ratio.sum(axis=1)[:, None] * xy - ratio @ xy) / total
    return xy


def _wanted(ties: csr_array, radii: Floats, gap: float) -> Floats:
    """(n, n): the length of the shortest way between two discs; what is not connected is far."""
    pairs = ties.tocoo()
    lengths = radii[pairs.row] + radii[pairs.col] + gap
    off = pairs.row != pairs.col
    graph = csr_array((lengths[off], (pairs.row[off], pairs.col[off])), shape=ties.shape)
    wanted: Floats = dijkstra(graph, directed=False)
    far = np.isinf(wanted)
    wanted[far] = 1.5 * wanted[~far].max(initial=gap)
    np.fill_diagonal(wanted, 1.0)
    return wanted


def _start(wanted: Floats) -> Floats:
    """(n, 2): classical scaling, its signs fixed; a sunflower where there are too many items for that."""
    numbers = np.arange(len(wanted), dtype=np.float64)
    sunflower: Floats = np.sqrt(numbers + 0.5)[:, None] * _unit(numbers * 2.399963)
    if len(wanted) > _DENSE_START:
        return sunflower * float(np.median(wanted)) / sqrt(len(wanted))
    squares: Floats = wanted**2
    np.fill_diagonal(squares, 0.0)
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    axes = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    start: Floats = axes * np.where(signs == 0, 1.0, signs) + 1e-3 * sunflower  # equal items need different starts
    return start


def _unit(angles: Floats) -> Floats:
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _compact(xy: Floats, radii: Floats) -> Floats:
    """Drawn together until the discs would fill about half of the area that they span."""
    centred: Floats = xy - xy.mean(axis=0)
    spread = (np.linalg.norm(centred, axis=1) + radii).max()
    wanted = sqrt((radii**2).sum() / 0.55)
    return np.multiply(centred, min(1.0, wanted / spread))


def _apart(xy: Floats, radii: Floats, gap: float) -> Floats:
    """Overlapping discs pushed apart until none overlaps, or the rounds are used up."""
    xy = xy.copy()
    least = radii[:, None] + radii[None, :] + gap / 2
    np.fill_diagonal(least, 0.0)
    for _ in range(OVERLAP_ROUNDS):
        lengths = cdist(xy, xy)
        missing = np.maximum(least - lengths, 0.0)
        if missing.max() < 0.5:
            break
        push = 0.3 * missing / np.maximum(lengths, 1e-9)
        xy += push.sum(axis=1)[:, None] * xy - push @ xy
    return xy


def _settled(blocks: Sequence[_Block], centres: Floats, gap: float) -> Floats:
    """Each block moved towards the middle as far as its items keep `gap` from those of the others, inner ones first.

    Discs hold round what is not round: this takes out the air between them.
    """
    centres = centres - centres.mean(axis=0)
    for _ in range(SETTLE_ROUNDS):
        for number in np.argsort(np.linalg.norm(centres, axis=1), kind="stable"):
            others = [block.xy + centres[other] for other, block in enumerate(blocks) if other != number]
            centres[number] *= _least_reach(blocks[number].xy, centres[number], cKDTree(np.concatenate(others)), gap)
    return centres


def _least_reach(xy: Floats, centre: Floats, others: cKDTree, gap: float) -> float:
    """The least factor (in steps of 5 %, from 1 down) by which the centre may be drawn to (0, 0)."""
    reach = 1.0
    for factor in np.linspace(0.95, 0.0, 20):
        nearest, _ = others.query(xy + factor * centre)
        if nearest.min() < gap:
            break
        reach = float(factor)
    return reach


def _turner(adjacency: csr_array) -> Turn:
    """Turns (and mirrors) each block so that its items lie towards what they are tied to elsewhere."""

    def turn(blocks: Sequence[_Block], centres: Floats) -> list[_Block]:
        home = np.zeros(adjacency.shape[0], dtype=np.int64)
        for number, block in enumerate(blocks):
            home[block.items] = number
        return [_turned(block, centres[number], centres, home, adjacency) for number, block in enumerate(blocks)]

    return turn


def _turned(block: _Block, centre: Floats, centres: Floats, home: Ints, adjacency: csr_array) -> _Block:
    ties = adjacency[block.items].tocoo()
    wanted = (centres[home[ties.col]] - centre) @ np.array([1, 1j])  # complex: turning is a product; 0 within
    places = block.xy[ties.row] @ np.array([1, 1j])
    straight, mirrored = (wanted * places.conj()).sum(), (wanted * places).sum()
    mirror = abs(mirrored) > abs(straight)
    best = mirrored if mirror else straight
    if abs(best) < 1e-9:
        return block
    xy = block.xy @ np.array([1, 1j])
    turned = (xy.conj() if mirror else xy) * best / abs(best)
    return _Block(block.items, np.column_stack([turned.real, turned.imag]), block.radius)


def _pack(blocks: Sequence[_Block]) -> Floats:
    """(n, 2) centres: a dominant block to the left of rows of the others, else rows alone; large ones first."""
    sizes = np.array([block.radius for block in blocks])
    order = np.argsort(-sizes, kind="stable")
    areas = (2 * sizes + BLOCK_GAP) ** 2
    giant = order[0]
    centres = np.zeros((len(sizes), 2))
    if len(sizes) == 1 or areas[giant] < areas.sum() / 2:
        centres[order] = _rows(sizes[order], sqrt(areas.sum() * ASPECT))
    else:
        centres[order[1:]] = _beside(blocks[giant], sizes[order[1:]])
    return centres


def _beside(giant: _Block, sizes: Floats) -> Floats:
    """Rows to the right of a block at (0, 0), just wide enough to be no higher than it."""
    width = 2 * float(sizes[0]) + BLOCK_GAP
    places = _rows(sizes, width)
    while np.ptp(places[:, 1]) > np.ptp(giant.xy[:, 1]):
        width *= 1.1
        places = _rows(sizes, width)
    left, middle = (places[:, 0] - sizes).min(), (places[:, 1].max() + places[:, 1].min()) / 2
    return np.add(places, [giant.xy[:, 0].max() + 3 * BLOCK_GAP - left, -middle])


def _rows(sizes: Floats, width: float) -> Floats:
    """(n, 2) centres of discs set like words in lines of `width`, in the order given (largest first)."""
    places, x, y = [], 0.0, 0.0
    height = 2 * float(sizes[0])
    for size in sizes:
        if x and x + 2 * size > width:
            x, y, height = 0.0, y + height / 2 + BLOCK_GAP + size, 2 * size
        places.append((x + size, y))
        x += 2 * size + BLOCK_GAP
    return np.array(places)
