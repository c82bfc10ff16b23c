"""Which places on the globe are nearest to which."""

import numpy as np
from scipy import sparse, spatial

_EARTH_KM = 6371.0


def nearest(latitude: np.ndarray, longitude: np.ndarray, count: int, within_km: float) -> sparse.csr_array:
    """The `count` nearest others of each place, none beyond `within_km`; a place without coordinates (NaN) has none.

    Not symmetric: a remote place may be near to nobody who is near to it.
    """
    known = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    shape = (len(latitude), len(latitude))
    if len(known) < 2:
        return sparse.csr_array(shape)
    points = _on_sphere(np.radians(latitude[known]), np.radians(longitude[known]))
    chord = 2 * _EARTH_KM * np.sin(within_km / _EARTH_KM / 2)
    _, found = spatial.cKDTree(points).query(points, k=min(count + 1, len(known)), distance_upper_bound=chord)
    rows, columns = np.repeat(np.arange(len(known)), found.shape[1]), found.ravel()
    # A missing one has the number `len(known)`; of places on the same spot, oneself may be any.
    real = (columns < len(known)) & (columns != rows)
    rows, columns = rows[real], columns[real]
    first = np.arange(len(rows)) - np.searchsorted(rows, rows) < count
    ends = known[rows[first]], known[columns[first]]
    return sparse.csr_array((np.ones(len(ends[0])), ends), shape=shape)


def _on_sphere(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    level = np.cos(latitude)
    return _EARTH_KM * np.column_stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)])
