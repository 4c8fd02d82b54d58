"""Published figures beside the live ones, and what can be checked from the published ones alone."""

from analytics.replication.beside import Beside, Number, stand_beside
from analytics.replication.checks import Finding, check, implied
from analytics.replication.sets import Figure, PublishedSet, published_beside, published_sets, read_set
from analytics.replication.told import told_beside

__all__ = [
    "Beside",
    "Figure",
    "Finding",
    "Number",
    "PublishedSet",
    "check",
    "implied",
    "published_beside",
    "published_sets",
    "read_set",
    "stand_beside",
    "told_beside",
]
