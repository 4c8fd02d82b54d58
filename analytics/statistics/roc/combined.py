"""Several markers combined into one by a logistic model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.statistics import logistic
from analytics.statistics.design import Design, numbers
from analytics.statistics.roc.comparison import PairedComparison, delong_paired
from analytics.statistics.roc.construction import roc_curve
from analytics.statistics.roc.curve import RocCurve


@dataclass(frozen=True, eq=False)
class CombinedMarker:
    """A logistic model's linear predictor as a marker; its area is that of the patients it was fitted to.

    Attributes
    ----------
    model : LogisticFit
        The combination.
    curve : RocCurve
        Of the linear predictor, direction "<"; thresholds are log odds.
    versus : dict of str to PairedComparison
        The combination against each single marker, on the same patients.
    """

    model: logistic.LogisticFit
    curve: RocCurve
    versus: dict[str, PairedComparison]

    @property
    def threshold_risk(self) -> tuple[float, ...]:
        """Youden's cut-offs as risks."""
        cuts = np.array([point.threshold for point in self.curve.youden()])
        return tuple(float(value) for value in logistic.risk(cuts))


def combine_markers(
    design: Design,
    outcome: ArrayLike,
    singles: Mapping[str, ArrayLike],
    *,
    directions: Mapping[str, Literal["auto", "<", ">"]] | None = None,
) -> CombinedMarker:
    """Combine markers by a logistic model and compare the combination with each of them.

    Parameters
    ----------
    design : Design
        The markers, of shape (n_patients, n_terms).
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    singles : mapping of str to array_like of shape (n_patients,)
        The markers to compare with.
    directions : mapping of str to {"auto", "<", ">"}, optional
        Direction of each single marker; "auto" where not given.

    Returns
    -------
    CombinedMarker

    Raises
    ------
    NotEstimable
        ``separated`` if the markers together predict perfectly; else as `logistic.fit` and `delong_paired`.

    Notes
    -----
    The comparison on the patients that the model was fitted to favours the combination; see
    `analytics.statistics.resampling` for what it is worth on others.

    References
    ----------
    Robin X et al. BMC Bioinformatics 2011;12:77.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> mg, p = [0.7, 0.8, 0.9, 0.8, 1.0, 1.1], [2.1, 1.5, 1.9, 2.4, 1.2, 1.4]
    >>> found = combine_markers(design_matrix({"Mg": mg, "P": p}), [1, 0, 1, 1, 0, 0], {"Mg": mg, "P": p})
    Traceback (most recent call last):
    ...
    analytics.statistics.errors.NotEstimable: separated (terms=('(Intercept)', 'Mg', 'P'))
    """
    model = logistic.fit(design, outcome)
    model.require_finite()
    chosen = directions or {}
    return CombinedMarker(
        model,
        roc_curve(model.outcome, model.linear_predictor, direction="<"),
        {
            name: delong_paired(
                model.outcome,
                model.linear_predictor,
                numbers(marker, name),
                directions=("<", chosen.get(name, "auto")),
            )
            for name, marker in singles.items()
        },
    )
