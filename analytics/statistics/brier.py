"""The Brier score of predicted risks."""

import numpy as np
from numpy.typing import NDArray


def brier(outcome: NDArray[np.bool_], risk: NDArray[np.float64]) -> float:
    """Mean squared distance of risk from outcome.

    Parameters
    ----------
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred.
    risk : ndarray of shape (n_patients,)
        Predicted, within [0, 1].

    Returns
    -------
    float
        Within [0, 1]; 0 is perfect.

    References
    ----------
    Brier GW. Mon Weather Rev 1950;78:1-3.

    Examples
    --------
    >>> round(brier(np.array([True, False]), np.array([0.8, 0.4])), 4)
    0.1
    """
    return float(np.mean((outcome - risk) ** 2))
