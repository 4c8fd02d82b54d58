"""How far a logistic model can be believed: its fit, its calibration in its own data, its size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from analytics.statistics.brier import brier
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.model import FittedModel, LogisticFit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ExplainedVariation:
    """Four coefficients of determination, each 0 without and 1 with perfect prediction (Cox-Snell: below 1).

    References
    ----------
    McFadden D. 1974; Cox DR, Snell EJ. 1989; Nagelkerke NJD. Biometrika 1991;78:691-692;
    Tjur T. Am Stat 2009;63:366-372.
    """

    mcfadden: float
    cox_snell: float
    nagelkerke: float
    tjur: float


def explained_variation(model: LogisticFit) -> ExplainedVariation:
    """McFadden's, Cox and Snell's, Nagelkerke's and Tjur's R squared.

    Parameters
    ----------
    model : LogisticFit
        Not separated.

    Returns
    -------
    ExplainedVariation
        Shares without a unit.

    References
    ----------
    Nagelkerke NJD. Biometrika 1991;78:691-692. Cox DR, Snell EJ. Analysis of binary data. 2nd ed.
    Chapman & Hall 1989. Tjur T. Am Stat 2009;63:366-372.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 1, 0, 1, 1])
    >>> round(explained_variation(model).nagelkerke, 4)
    0.5719
    """
    gain = 2 * (model.log_likelihood - model.null_log_likelihood) / model.n
    cox_snell = -float(np.expm1(-gain))
    risk = model.probabilities
    return ExplainedVariation(
        mcfadden=1 - model.log_likelihood / model.null_log_likelihood,
        cox_snell=cox_snell,
        nagelkerke=cox_snell / -float(np.expm1(2 * model.null_log_likelihood / model.n)),
        tjur=float(risk[model.outcome].mean() - risk[~model.outcome].mean()),
    )


def information_criteria(model: LogisticFit) -> tuple[float, float]:
    """Akaike's and Schwarz's criterion.

    Parameters
    ----------
    model : LogisticFit
        Not separated.

    Returns
    -------
    aic, bic : float

    References
    ----------
    Akaike H. IEEE Trans Automat Contr 1974;19:716-723. Schwarz G. Ann Stat 1978;6:461-464.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 1, 0, 1, 1])
    >>> [round(criterion, 4) for criterion in information_criteria(model)]
    [8.956, 8.5395]
    """
    k = len(model.terms)
    return model.deviance + 2 * k, model.deviance + float(np.log(model.n)) * k


def brier_score(model: FittedModel) -> float:
    """Mean squared distance of the fitted risk from the outcome, within [0, 1].

    Parameters
    ----------
    model : FittedModel
        Of maximum likelihood or penalised.

    Returns
    -------
    float

    References
    ----------
    Brier GW. Mon Weather Rev 1950;78:1-3.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 1, 0, 1, 1])
    >>> round(brier_score(model), 4)
    0.1468
    """
    return brier(model.outcome, model.probabilities)


def events_per_variable(model: FittedModel) -> float:
    """Patients of the rarer class for each estimated term beside the intercept.

    Parameters
    ----------
    model : FittedModel
        Of maximum likelihood or penalised.

    Returns
    -------
    float

    Raises
    ------
    NotEstimable
        ``no_covariates`` if the model has the intercept alone.

    References
    ----------
    Peduzzi P et al. J Clin Epidemiol 1996;49:1373-1379.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 1, 0, 1, 1])
    >>> events_per_variable(model)
    3.0
    """
    if model.df == 0:
        raise NotEstimable("no_covariates")
    return min(model.n_events, model.n - model.n_events) / model.df


def shrinkage(model: LogisticFit) -> float:
    """Heuristic shrinkage factor; below 0.9 the model is overfitted, below 0 it is worth nothing.

    Parameters
    ----------
    model : LogisticFit
        Not separated.

    Returns
    -------
    float
        At most 1.

    Raises
    ------
    NotEstimable
        ``no_gain`` if the covariates do not change the likelihood.

    References
    ----------
    van Houwelingen JC, le Cessie S. Stat Med 1990;9:1303-1325.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> from analytics.statistics.logistic import fit
    >>> model = fit(design_matrix({"x": [1, 2, 3, 4, 5, 6]}), [0, 0, 1, 0, 1, 1])
    >>> round(shrinkage(model), 4)
    0.7025
    """
    gain = 2 * (model.log_likelihood - model.null_log_likelihood)
    if gain <= 0:
        raise NotEstimable("no_gain")
    return (gain - model.df) / gain


@dataclass(frozen=True)
class HosmerLemeshow:
    """Hosmer and Lemeshow's test: a weak test that depends on the grouping, not a verdict.

    Attributes
    ----------
    statistic : float
        Chi-square.
    groups : int
        Groups left after equal quantiles were merged.
    df : int
        groups - 2 where the model was made, groups where it is validated.
    p_value : float or None
        None when df is below 1.
    """

    statistic: float
    groups: int
    df: int
    p_value: float | None


def hosmer_lemeshow(
    outcome: NDArray[np.bool_], risk: Floats, *, groups: int = 10, external: bool = False
) -> HosmerLemeshow:
    """Compare observed and expected counts in groups of predicted risk.

    Parameters
    ----------
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred.
    risk : ndarray of shape (n_patients,)
        Predicted risk, strictly within (0, 1) in at least part of each group.
    groups : int
        Quantile groups (type 7, closed on the right, equal limits merged).
    external : bool
        Whether the risks come from another data set: df is then the number of groups.

    Returns
    -------
    HosmerLemeshow

    Raises
    ------
    NotEstimable
        ``constant`` if all risks are equal; ``empty_group`` if a quantile group holds nobody;
        ``certain_group`` if a whole group has risk 0 or 1.

    References
    ----------
    Hosmer DW, Lemeshow S. Commun Stat A 1980;9:1043-1069.

    Examples
    --------
    >>> outcome = np.array([0, 0, 1, 0, 1, 1], dtype=bool)
    >>> test = hosmer_lemeshow(outcome, np.array([0.1, 0.2, 0.3, 0.5, 0.7, 0.9]), groups=3)
    >>> round(test.statistic, 4), test.df, test.groups
    (0.9363, 1, 3)
    """
    edges = np.unique(quantiles(risk, np.arange(groups + 1) * (1 / groups)))
    if edges.size < 2:
        raise NotEstimable("constant", variable="risk")
    group = np.maximum(np.searchsorted(edges, risk, side="left"), 1) - 1
    kept = edges.size - 1
    observed = np.bincount(group, weights=outcome, minlength=kept)
    expected = np.bincount(group, weights=risk, minlength=kept)
    size = np.bincount(group, minlength=kept)
    if (size == 0).any():
        raise NotEstimable("empty_group", n=int(risk.size), groups=kept)
    if (expected <= 0).any() or (size - expected <= 0).any():
        raise NotEstimable("certain_group")
    # (o - e)^2 / e + (o - e)^2 / (n - e): both rows of the group's table have the same difference.
    statistic = float(np.sum((observed - expected) ** 2 * (1 / expected + 1 / (size - expected))))
    df = kept if external else kept - 2
    return HosmerLemeshow(statistic, kept, df, float(chdtrc(df, statistic)) if df > 0 else None)


def quantiles(values: Floats, shares: NDArray[np.floating]) -> Floats:
    """Quantiles of type 7, rounded as R rounds them: group limits compare equal to the values they are.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite.
    shares : ndarray of shape (k,)
        Within [0, 1].

    Returns
    -------
    ndarray of shape (k,)

    Examples
    --------
    >>> quantiles(np.array([3.0, 1.0, 2.0, 10.0]), np.array([0.0, 0.5, 0.9]))
    array([1. , 2.5, 7.9])
    """
    ordered = np.sort(values)
    index = (ordered.size - 1) * np.minimum(shares, 1.0)
    low = np.floor(index).astype(int)
    high = np.ceil(index).astype(int)
    part = index - low
    between = (1 - part) * ordered[low] + part * ordered[high]
    return np.asarray(np.where(ordered[low] == ordered[high], ordered[low], between))
