"""Intervals of probabilities on the scales that survival curves use."""

from typing import Literal

import numpy as np
from scipy.special import ndtri

from analytics.statistics.survival.observations import FloatArray

IntervalScale = Literal["log", "log-log", "plain"]


def interval_limits(
    estimate: FloatArray, log_standard_error: FloatArray, scale: IntervalScale, level: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of probabilities from the standard error of their logarithm, NaN where not defined.

    Limits are cut at 0 and 1.

    Parameters
    ----------
    estimate : ndarray of shape (n_points,)
        Within [0, 1].
    log_standard_error : ndarray of shape (n_points,)
    scale : {"log", "log-log", "plain"}
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    low, high : ndarray of shape (n_points,)

    Raises
    ------
    ValueError
        When `level` lies outside (0, 1) or the scale is unknown.

    References
    ----------
    Borgan O, Liestol K. Scand J Stat 1990;17:35-41.

    Examples
    --------
    >>> low, high = interval_limits(np.array([0.8]), np.array([0.1]), "log-log", 0.95)
    >>> low.round(4), high.round(4)
    (array([0.5844]), array([0.9115]))
    """
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    half = ndtri((1 + level) / 2) * log_standard_error
    defined = (estimate > 0) & (estimate < 1) if scale == "log-log" else estimate > 0
    p = np.where(defined, estimate, 0.5)
    match scale:
        case "plain":
            low, high = p - half * p, p + half * p
        case "log":
            low, high = p * np.exp(-half), p * np.exp(half)
        case "log-log":
            low, high = p ** np.exp(-half / np.log(p)), p ** np.exp(half / np.log(p))
        case _:
            raise ValueError(f"unknown scale {scale!r}")
    return np.where(defined, np.maximum(low, 0.0), np.nan), np.where(defined, np.minimum(high, 1.0), np.nan)
