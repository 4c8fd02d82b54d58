"""Patients in clusters: who is with whom, and whether there are enough clusters for errors between them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.columns import Columns

Labels = NDArray[Any]
Clusters = dict[str, Any]

CLUSTERS_NEEDED = 20
"""Sites below which errors between sites come out too small (Cameron, Miller. J Hum Resour 2015;50:317)."""


def clusters_of(
    wanted: Definition, columns: Columns, rows: NDArray[np.bool_]
) -> tuple[Labels | None, Clusters | None]:
    """Each patient's cluster where errors between them can be had, and what the payload says of it."""
    if "clusters" not in wanted:
        return None, None
    by = wanted["clusters"]
    told = {"by": by, "n_clusters": 0, "reason": None}
    if by not in columns.frame:
        return None, {**told, "reason": {"code": "missing"}}
    labels = columns.frame[by].to_numpy()[rows].astype(str)
    told["n_clusters"] = int(np.unique(labels).size)
    if told["n_clusters"] < CLUSTERS_NEEDED:
        return None, {**told, "reason": {"code": "too_few_clusters", "needed": CLUSTERS_NEEDED}}
    return labels, told


def are_clustered(models: Iterable[dict[str, Any]]) -> bool:
    """Whether every model has errors between clusters."""
    return all(model["clusters"] is not None and model["clusters"]["reason"] is None for model in models)
