"""How much of a fitted model hangs on a single patient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.logistic.model import LogisticFit, wald

Floats = NDArray[np.float64]

DECISIVE = 0.05


@dataclass(frozen=True, eq=False)
class Influence:
    """The model without each of its patients, to one Newton step.

    Attributes
    ----------
    coefficients, standard_errors : ndarray of shape (n_patients, n_terms)
        Without the patient of the row.
    leverage : ndarray of shape (n_patients,)
        Within [0, 1].
    """

    coefficients: Floats
    standard_errors: Floats
    leverage: Floats

    def turned(self, model: LogisticFit, *, alpha: float = DECISIVE) -> NDArray[np.bool_]:
        """The terms whose P one patient alone takes across `alpha`.

        Parameters
        ----------
        model : LogisticFit
            The model with everyone.
        alpha : float
            Level of the Wald test.

        Returns
        -------
        ndarray of shape (n_terms,), bool
        """
        everyone = wald(model.coefficients, model.standard_errors).p_value < alpha
        without = wald(self.coefficients, self.standard_errors).p_value < alpha
        found: NDArray[np.bool_] = (without != everyone).any(axis=0)
        return found


def leave_one_out(model: LogisticFit) -> Influence:
    """Coefficients and standard errors without each patient, by one Newton step from the whole.

    Parameters
    ----------
    model : LogisticFit
        With finite estimates.

    Returns
    -------
    Influence

    References
    ----------
    Pregibon D. Ann Stat 1981;9:705-724.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> model = fit(design_matrix({"x": [0.0, 1, 2, 3, 4, 9]}), [0, 1, 0, 1, 1, 0])
    >>> leave_one_out(model).coefficients[:, 1].round(2).tolist()
    [-0.37, -0.02, -0.18, -0.12, -0.17, 0.81]
    """
    matrix, risk = model.estimable.matrix, model.probabilities
    weight = risk * (1 - risk)
    spread = matrix @ model.covariance
    leverage = weight * np.einsum("ij,ij->i", spread, matrix)
    kept = np.maximum(1 - leverage, np.finfo(np.float64).eps)[:, None]
    step = spread * (model.outcome - risk)[:, None] / kept
    variance = np.diag(model.covariance) + weight[:, None] * spread**2 / kept
    return Influence(model.coefficients - step, np.sqrt(variance), leverage)
