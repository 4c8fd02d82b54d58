"""The suite's results as the baselines write them, and how far two sets of figures are apart."""

from collections.abc import Iterator

import numpy as np

from analytics.statistics.roc import RocCurve
from analytics.statistics.suite import StudyResults
from analytics.statistics.suite.comparison import BinaryContrast, Contrast
from analytics.statistics.suite.models import Model

Figures = dict[str, object]


def figures_of(found: StudyResults) -> Figures:
    pairs = sorted(
        found.correlations.pairs,
        key=lambda pair: [found.correlations.variables.index(name) for name in (pair.y, pair.x)],
    )
    return {
        "compare": {name: _contrast(one) for name, one in found.compared.items()},
        "compare2": {name: _binary(one) for name, one in found.binary.items()},
        "pearson": {
            "r": [pair.correlation.r for pair in pairs],
            "p": [pair.correlation.p_value for pair in pairs],
            "lo": [pair.correlation.ci_low for pair in pairs],
            "hi": [pair.correlation.ci_high for pair in pairs],
            "bh": [pair.q_bh for pair in pairs],
        },
        "uni": {name: _model(one) for name, one in found.univariable.items()},
        "multi": _model(found.multivariable),
        "roc": {
            name: _curve(one) for name, one in (*found.curves.items(), ("combined", found.combined_curve))
        },
    }


def largest_difference(ours: Figures, theirs: Figures) -> tuple[float, str]:
    """Of all figures in both, the largest difference relative to theirs, and where it is."""
    mine = dict(_flat(ours))
    found = [(_difference(mine[key], value), key) for key, value in _flat(theirs) if key in mine]
    if not found:
        raise ValueError("no figure is in both")
    return max(found)


def _contrast(one: Contrast) -> Figures:
    a, b = one.exposed, one.reference
    return {
        "mean": [a.mean, b.mean],
        "sd": [a.sd, b.sd],
        "q": [a.q1, a.median, a.q3, b.q1, b.median, b.q3],
        "welch_t": one.welch.statistic,
        "welch_df": one.welch.df,
        "welch_p": one.welch.p_value,
        "student_t": one.student.statistic,
        "student_p": one.student.p_value,
        "U": one.mann_whitney.statistic,
        "mwu_p": one.mann_whitney.p_value,
        "smd": one.smd.estimate,
    }


def _binary(one: BinaryContrast) -> Figures:
    return {
        "table": np.array(one.counts).T.ravel().tolist(),
        "chisq": one.chi_square,
        "p": one.p_value,
        "fisher_p": one.fisher_p,
        "smd": one.smd,
    }


def _model(one: Model) -> Figures:
    wald = one.wald()
    return {
        "beta": one.coefficients.tolist(),
        "se": one.standard_errors.tolist(),
        "or": wald.odds_ratio.tolist(),
        "lo": wald.odds_ratio_low.tolist(),
        "hi": wald.odds_ratio_high.tolist(),
        "p": wald.p_value.tolist(),
        "dev": one.deviance,
    }


def _curve(one: RocCurve) -> Figures:
    interval, best = one.delong(), one.youden()[0]
    return {
        "auc": one.auc,
        "lo": interval.ci_low,
        "hi": interval.ci_high,
        "thr": best.threshold,
        "se": best.sensitivity,
        "sp": best.specificity,
    }


def _flat(figures: object, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(figures, dict):
        for name, part in figures.items():
            yield from _flat(part, f"{path}.{name}")
    elif isinstance(figures, list):
        for k, part in enumerate(figures):
            yield from _flat(part, f"{path}.{k}")
    elif isinstance(figures, int | float):
        yield path, float(figures)


def _difference(ours: float, theirs: float) -> float:
    # A p-value below 1e-6 differs by what rounding makes of its statistic.
    return abs(ours - theirs) / max(abs(theirs), 1e-6)
