"""Residuals of the Cox model: who had the event before or after expectation, who moves the coefficients."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.model import CoxModel
from analytics.statistics.survival.observations import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class SchoenfeldResiduals:
    """For each event, what a plot against time shows of a changing hazard ratio.

    Attributes
    ----------
    time : ndarray of shape (n_events,)
        Time of each event, ascending within strata.
    residual : ndarray of shape (n_events, n_terms)
        Covariates of the event less their mean among those at risk.
    coefficient : ndarray of shape (n_events, n_terms)
        Scaled residual plus the coefficient: scattered about the coefficient at that time.
    """

    time: FloatArray
    residual: FloatArray
    coefficient: FloatArray


def martingale_residuals(model: CoxModel) -> FloatArray:
    """Observed minus expected number of events of each row.

    Parameters
    ----------
    model : CoxModel
        Exact ties are given Breslow's hazard, as in R.

    Returns
    -------
    ndarray of shape (n_rows,)
        At most 1; they sum to 0.

    References
    ----------
    Therneau TM, Grambsch PM, Fleming TR. Biometrika 1990;77:147-160.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> martingale_residuals(model)[:3].round(3)
    array([-0.632, -0.589,  0.846])
    """
    return model.risk_sets.event - _expected_events(model)


def deviance_residuals(model: CoxModel) -> FloatArray:
    """Martingale residuals made roughly symmetric about 0.

    Parameters
    ----------
    model : CoxModel

    Returns
    -------
    ndarray of shape (n_rows,)

    References
    ----------
    Therneau TM, Grambsch PM, Fleming TR. Biometrika 1990;77:147-160.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> deviance_residuals(model)[:3].round(3)
    array([-0.533, -0.501,  1.43 ])
    """
    event, expected = model.risk_sets.event, _expected_events(model)
    martingale = event - expected
    logs = np.log(np.where(event, np.maximum(expected, np.finfo(np.float64).tiny), 1.0))
    residuals: FloatArray = np.sign(martingale) * np.sqrt(np.maximum(-2 * (martingale + logs), 0.0))
    return residuals


def score_residuals(model: CoxModel) -> FloatArray:
    """Contribution of each row to the score, per unit of case weight.

    Parameters
    ----------
    model : CoxModel

    Returns
    -------
    ndarray of shape (n_rows, n_terms)

    Raises
    ------
    NotEstimable
        ``exact_ties_unsupported``: they are not defined for exact ties.
    """
    if model.ties == "exact":
        raise NotEstimable("exact_ties_unsupported")
    return model.risk_sets.score_residuals(model.coefficients)


def dfbeta(model: CoxModel) -> FloatArray:
    """How far each row moves the coefficients, to first order.

    Parameters
    ----------
    model : CoxModel

    Returns
    -------
    ndarray of shape (n_rows, n_terms)
        In the unit of the coefficients, case weight included.

    Raises
    ------
    NotEstimable
        As `score_residuals`.

    References
    ----------
    Cain KC, Lange NT. Biometrics 1984;40:493-499.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> dfbeta(model)[:2, 0].round(3)
    array([ 0.204, -0.213])
    """
    influence: FloatArray = (model.risk_sets.weight[:, None] * score_residuals(model)) @ model.covariance
    return influence


def turned(model: CoxModel, *, alpha: float = 0.05) -> BoolArray:
    """The terms whose P one row alone takes across `alpha`, to first order and with the error of the whole.

    Parameters
    ----------
    model : CoxModel
    alpha : float
        Level of the Wald test.

    Returns
    -------
    ndarray of shape (n_terms,), bool

    Raises
    ------
    NotEstimable
        As `score_residuals`.

    References
    ----------
    Cain KC, Lange NT. Biometrics 1984;40:493-499.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> turned(model).tolist(), turned(model, alpha=0.5).tolist()
    ([False], [True])
    """
    decisive = float(ndtri(1 - alpha / 2)) * model.standard_error
    is_decided = np.abs(model.coefficients) > decisive
    without = np.abs(model.coefficients - dfbeta(model)) > decisive
    found: BoolArray = (without != is_decided).any(axis=0)
    return found


def schoenfeld_residuals(model: CoxModel) -> SchoenfeldResiduals:
    """Schoenfeld residuals, plain and scaled to the coefficients.

    Parameters
    ----------
    model : CoxModel
        Exact ties are given Breslow's risk sets, as in R's cox.zph.

    Returns
    -------
    SchoenfeldResiduals

    References
    ----------
    Schoenfeld D. Biometrika 1982;69:239-241. Grambsch PM, Therneau TM. Biometrika 1994;81:515-526.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> found = schoenfeld_residuals(model)
    >>> found.time, found.residual[:2, 0].round(3)
    (array([1., 2., 2., 3., 4.]), array([0.047, 0.033]))
    """
    sets = model.risk_sets
    residual = sets.event_residuals(sets.steps(model.coefficients))
    scaled = model.n_events * residual @ model.covariance
    return SchoenfeldResiduals(sets.time[sets.event_rows], residual, scaled + model.coefficients)


def _expected_events(model: CoxModel) -> FloatArray:
    """Cumulative hazard that each row lived through."""
    steps = model.risk_sets.steps(model.coefficients)
    expected: FloatArray = steps.risk * model.risk_sets.sum_lived_through(steps.hazard)
    return expected
