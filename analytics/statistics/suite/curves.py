"""The ROC curve of a linear predictor by one sort of whole numbers."""

from math import ceil, log2

import numpy as np

from analytics.statistics.logistic.model import linear_predictor
from analytics.statistics.roc import RocCurve, roc_curve_from_counts
from analytics.statistics.suite.models import Model

_FINEST = 40
"""Binary places of a score: far below any difference that matters, far above the noise of its sum."""
_BITS = 61


def combined_curve(model: Model) -> RocCurve:
    """ROC curve of a model's linear predictor, on the patients it was fitted to; direction "<".

    Each score becomes a multiple of 2^-40 with the outcome as its last bit, so that one sort of whole numbers
    orders the patients, and scores that differ only by rounding tie.

    Parameters
    ----------
    model : Model
        Of `fit_rows`.

    Returns
    -------
    RocCurve
        Thresholds are log odds.
    """
    scores = [linear_predictor(part.basis, model.optimum.theta) for part in model.seen]
    largest = max(float(np.abs(one).max()) for one in scores if one.size)
    places = min(_FINEST, _BITS - max(0, ceil(log2(largest + 1))))
    keys = np.concatenate(
        [
            (np.rint(score * 2.0**places).astype(np.int64) << 1) | (part.sign > 0)
            for score, part in zip(scores, model.seen, strict=True)
        ]
    )
    keys.sort()
    values, is_case = keys >> 1, keys & 1
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    reached = np.cumsum(is_case)[last]
    cases = np.diff(reached, prepend=0)
    controls = np.diff(last, prepend=-1) - cases
    return roc_curve_from_counts(values[last] / 2.0**places, cases, controls, direction="<")
