"""Communities by Leiden: groups with more ties inside than their degrees alone would give."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import numpy as np
from scipy import sparse

from graph.seed import SEED

_ENGINE = Lock()


def leiden(adjacency: sparse.csr_array, seed: int = SEED) -> np.ndarray:
    """One label a row (any integers), by modularity of the unweighted network; isolates stay alone.

    `adjacency` is symmetric without a diagonal. The same matrix and seed give the same labels. In a
    two-mode network this is the modularity of the network as drawn, not Barber's, which compares
    with two-mode chance.
    """
    import networkit  # noqa: PLC0415 — takes a second, which whoever only reads a generation need not wait for

    upper = sparse.triu(adjacency, k=1, format="coo")
    ends = (upper.row.astype(np.uint64), upper.col.astype(np.uint64))
    with reproducible(seed):
        graph = networkit.GraphFromCoo(ends, n=adjacency.shape[0])
        found = networkit.community.ParallelLeiden(graph, randomize=True, iterations=5).run().getPartition()
    return np.array(found.getVector(), dtype=np.int64)


@contextmanager
def reproducible(seed: int) -> Iterator[None]:
    """Networkit on one thread and from `seed`, given its threads back afterwards.

    Seed and threads are global to the engine, so that a second caller waits: a seed set in the
    middle of a run would change its outcome.
    """
    import networkit  # noqa: PLC0415

    with _ENGINE:
        threads = networkit.getMaxNumberOfThreads()
        networkit.setNumberOfThreads(1)
        networkit.setSeed(seed, False)
        try:
            yield
        finally:
            networkit.setNumberOfThreads(threads)
