"""Remarks on how far a result hangs on what was done about missing and undetected values."""

from collections.abc import Sequence

from analytics.guards.remark import DECISIVE, Entry, Guard, guard

MOVED = 0.5
"""Standard errors by which imputing may move a coefficient before it is said."""

REDUCTION = 1.2
"""R-hat beyond which chains have not mixed; of ten rounds of twenty that have, it stays below 1.1."""


def moved_by_imputing(imputed: Entry) -> Guard | None:
    """G22: with missing values imputed, a coefficient lies elsewhere than in complete patients."""
    moved = {
        term["variable"]: term["shift"]
        for term in imputed["terms"]
        if term["shift"] is not None and abs(term["shift"]) > MOVED
    }
    if not moved:
        return None
    source = "White IR, Carlin JB. Stat Med 2010;29:2920-2931"
    return guard("G22", "warn", source, place="moved", share=MOVED, moved=moved)


def not_converged(convergence: Entry | None) -> Guard | None:
    """G22: the chains that imputed lie farther apart than each of them moves."""
    if convergence is None or convergence["reduction"] is None or convergence["reduction"] <= REDUCTION:
        return None
    source = "Vehtari A et al. Bayesian Anal 2021;16:667-718"
    told = {name: convergence[name] for name in ("variable", "quantity", "reduction", "autocorrelation")}
    return guard("G22", "warn", source, place="chains", most=REDUCTION, **told)


def hangs_on_the_limit(rows: Sequence[Entry]) -> Guard | None:
    """G22: whether two groups differ hangs on what is done with values below detection."""
    turned = {}
    for row in rows:
        # With covariates held equal another question is answered.
        alike = [test["p_value"] for test in row["tests"] if not test["given"]]
        found = [p_value for p_value in alike if p_value is not None]
        if found and min(found) < DECISIVE <= max(found):
            turned[row["variable"]] = {"lowest": min(found), "highest": max(found)}
    if not turned:
        return None
    source = "Hornung RW, Reed LD. Appl Occup Environ Hyg 1990;5:46-51"
    return guard("G22", "warn", source, place="limit", turned=turned)
