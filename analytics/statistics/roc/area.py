"""Variance of the area under the ROC curve from placement values."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]


def placements(outcome: NDArray[np.bool_], marker: Floats) -> tuple[Floats, Floats]:
    """Placement of each case among the controls and of each control among the cases, by midranks.

    Parameters
    ----------
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred; both classes are present.
    marker : ndarray of shape (n_patients,)
        Higher means more risk.

    Returns
    -------
    v10 : ndarray of shape (n_cases,)
        Share of the controls below each case, ties counted one half. Its mean is the area.
    v01 : ndarray of shape (n_controls,)
        Share of the cases above each control, ties counted one half. Its mean is the area.

    References
    ----------
    Sun X, Xu W. IEEE Signal Process Lett 2014;21:1389-1393.

    Examples
    --------
    >>> placements(np.array([True, True, False, False]), np.array([3.0, 1.0, 1.0, 0.0]))
    (array([1.  , 0.75]), array([0.75, 1.  ]))
    """
    cases, controls = marker[outcome], marker[~outcome]
    ranks = rankdata(marker)
    v10 = (ranks[outcome] - rankdata(cases)) / controls.size
    v01 = 1 - (ranks[~outcome] - rankdata(controls)) / cases.size
    return v10, v01


def delong_covariance(outcome: NDArray[np.bool_], markers: Floats) -> tuple[Floats, Floats]:
    """Areas under several ROC curves of the same patients, and their covariance, in O(n log n) each.

    Parameters
    ----------
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred; at least two patients in each class.
    markers : ndarray of shape (n_patients, n_markers)
        Each oriented so that higher means more risk.

    Returns
    -------
    auc : ndarray of shape (n_markers,)
        Within [0, 1].
    covariance : ndarray of shape (n_markers, n_markers)
        With n - 1 in each class's covariance, as pROC.

    References
    ----------
    DeLong ER et al. Biometrics 1988;44:837-845.

    Examples
    --------
    >>> outcome = np.array([True, True, True, False, False])
    >>> auc, covariance = delong_covariance(outcome, np.array([[5.0, 4.0, 2.0, 3.0, 1.0]]).T)
    >>> round(float(auc[0]), 6), round(float(covariance[0, 0]), 6)
    (0.833333, 0.055556)
    """
    pairs = [placements(outcome, column) for column in markers.T]
    v10 = np.array([pair[0] for pair in pairs])
    v01 = np.array([pair[1] for pair in pairs])
    covariance = np.atleast_2d(np.cov(v10)) / v10.shape[1] + np.atleast_2d(np.cov(v01)) / v01.shape[1]
    return v10.mean(axis=1), covariance


def hanley_mcneil_error(auc: float, n_cases: int, n_controls: int) -> float:
    """Standard error of an area known only by its value and the class sizes.

    Parameters
    ----------
    auc : float
        Within [0, 1].
    n_cases, n_controls : int
        At least one each.

    Returns
    -------
    float
        Dimensionless.

    References
    ----------
    Hanley JA, McNeil BJ. Radiology 1982;143:29-36.

    Examples
    --------
    >>> round(hanley_mcneil_error(0.895, 48, 152), 4)
    0.0314
    """
    q1 = auc / (2 - auc)
    q2 = 2 * auc * auc / (1 + auc)
    square = auc * (1 - auc) + (n_cases - 1) * (q1 - auc * auc) + (n_controls - 1) * (q2 - auc * auc)
    return float(np.sqrt(max(square, 0.0) / (n_cases * n_controls)))
