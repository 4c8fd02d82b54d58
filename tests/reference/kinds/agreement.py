"""Agreement of readers and methods, and differences of correlations: the project's own pack."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics.agreement import cohen_kappa, intraclass_correlations, limits_of_agreement
from analytics.statistics.correlation import compare_independent, compare_overlapping, correlate
from tests.reference.pack import Case, Pack, labels


def icc(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    found = intraclass_correlations(frame[case.inputs["readers"]].to_numpy())
    return {
        "n": found.n,
        "k": found.k,
        "n_incomplete": found.n_incomplete,
        "icc": [form.estimate for form in found.forms],
        "f": [form.statistic for form in found.forms],
        "df1": [form.df1 for form in found.forms],
        "df2": [form.df2 for form in found.forms],
        "p": [form.p_value for form in found.forms],
        "ci_low": [form.ci_low for form in found.forms],
        "ci_high": [form.ci_high for form in found.forms],
    }


def limits(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    found = limits_of_agreement(*(frame[case.inputs[name]].to_numpy() for name in ("first", "second")))
    names = ("n", "bias", "bias_low", "bias_high", "sd", "lower", "lower_low", "lower_high")
    names += ("upper", "upper_low", "upper_high")
    return {
        **{name: getattr(found, name) for name in names},
        "proportional_r": found.proportional.r,
        "proportional_p": found.proportional.p_value,
    }


def kappa(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    first, second = (labels(frame[case.inputs[name]]) for name in ("first", "second"))
    levels = case.inputs["levels"]
    counts = np.array([[((first == a) & (second == b)).sum() for b in levels] for a in levels])
    found = cohen_kappa(counts, weights=case.inputs["weights"])
    return {
        "n": found.n,
        "kappa": found.estimate,
        "se": found.standard_error,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
    }


def correlation_difference(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    x, y, z = (frame[case.inputs[name]] for name in "xyz")
    all_three = x.notna() & y.notna() & z.notna()
    xy, xz, yz = (correlate(a[all_three], b[all_three]).r for a, b in ((x, y), (x, z), (y, z)))
    overlapping = compare_overlapping(xy, xz, yz, int(all_three.sum()))
    groups = [correlate(x[frame["group"] == name], y[frame["group"] == name]) for name in ("control", "MHD")]
    independent = compare_independent(groups[0].r, groups[0].n, groups[1].r, groups[1].n)
    return {
        "overlapping": {"t": overlapping.statistic, "p": overlapping.p_value},
        # psych::r.test prints the distance without its sign.
        "independent": {"z_abs": abs(independent.statistic), "p": independent.p_value},
    }


KINDS = {
    "icc": icc,
    "limits_of_agreement": limits,
    "kappa": kappa,
    "correlation_difference": correlation_difference,
}
