"""Remarks on what was asked of whom: design, time, pooling, many tests, missing values."""

from collections.abc import Iterable, Sequence
from typing import Any

from analytics.guards.origins import is_structural, origins
from analytics.guards.remark import DECISIVE, Entry, Guard, guard

MISSING_SHARE = 0.05
MISSING_ALPHA = 0.05
EXPECTED_CELL = 5.0
FAR_APART = 0.1
ENDED = "terminal_status"
"""How a patient's follow-up ended; what is decided by it accrues over time."""
APART = 1.1
"""Factor from which on two hazard ratios of one covariate differ."""
HIGHLY_SKEWED = 1.0
FALSE_ALARM_BY_LOOKS = {2: 0.083, 5: 0.142, 10: 0.193, 20: 0.248, 50: 0.320, 100: 0.374}
"""Chance that P falls below 0.05 at one of so many looks at growing data without any effect."""


def time_ignored(
    outcome: str, variables: dict[str, Any], months: float | None = None, *, is_complete: bool = False
) -> Guard | None:
    """G1: an outcome that accrues over follow-up is analysed as if all had been followed alike.

    `months` is the median follow-up by reverse Kaplan-Meier, where it is known; it is complete where nobody
    without the outcome was lost from sight before its last event.
    """
    timed = {variable["from"] for variable in variables.values() if "time" in variable}
    said = variables.get(outcome, {})
    if is_complete or said.get("from") not in {ENDED, *timed}:
        return None
    return guard(
        "G1",
        "warn",
        "Noordzij M et al. Nephrol Dial Transplant 2013;28:2670-2677",
        question=said.get("over_time"),
        median_follow_up=months,
    )


def competing_events(outcomes: Sequence[Entry], models: Sequence[Entry] = ()) -> Guard | None:
    """G2: 1 - Kaplan-Meier would take those who had a competing event for patients still at risk.

    Of the models, the covariates are named whose cause-specific and subdistribution hazard ratio differ.
    """
    met = [outcome for outcome in outcomes if outcome["n_competing"]]
    if not met:
        return None
    return guard(
        "G2",
        "block",
        "Noordzij M et al. Nephrol Dial Transplant 2013;28:2670-2677",
        outcomes=[
            {name: outcome[name] for name in ("outcome", "n", "n_events", "n_competing")} for outcome in met
        ],
        is_published=any(outcome.get("one_minus_kaplan_meier_reason", True) is None for outcome in met),
        differing=_differing(models),
    )


def _differing(models: Sequence[Entry]) -> list[Entry]:
    """The terms whose two hazard ratios lie apart or on either side of 1, both per the step that is shown."""
    beside = {model["name"]: model for model in models if model["estimand"] == "subdistribution"}
    pairs = [
        (model["name"], cause, sub)
        for model in models
        if model["estimand"] == "cause_specific" and model["name"] in beside
        for cause, sub in zip(model["terms"], beside[model["name"]]["terms"], strict=False)
        if cause["reason"] is None and sub["reason"] is None
    ]
    return [
        {
            "model": model,
            "variable": cause["variable"],
            "level": cause["level"],
            "cause_specific": cause["scaled"]["hazard_ratio"],
            "subdistribution": sub["scaled"]["hazard_ratio"],
        }
        for model, cause, sub in pairs
        if not 1 / APART < cause["scaled"]["hazard_ratio"] / sub["scaled"]["hazard_ratio"] < APART
    ]


def pooled_groups(pairs: Sequence[Entry], groups: dict[str, int]) -> Guard | None:
    """G3: correlations over more than one design group, and the pairs that change within the groups."""
    if len(groups) < 2:
        return None
    pooled = [pair for pair in pairs if pair.get("within_groups") and pair["r"] is not None]
    reversed_ = [
        pair for pair in pooled if any((r or 0) * pair["r"] < 0 for r in pair["within_groups"]["r"].values())
    ]
    changed = [pair for pair in pooled if pair["within_groups"]["is_changed"]]
    heterogeneous = [
        pair
        for pair in pooled
        if (p := pair["within_groups"].get("homogeneity_p_value")) is not None and p < DECISIVE
    ]
    return guard(
        "G3",
        "warn",
        "Kievit RA et al. Front Psychol 2013;4:513",
        groups=groups,
        pairs=len(pooled),
        changed=_named(changed),
        sign_changes=_named(reversed_),
        heterogeneous=_named(heterogeneous),
    )


def pooled_models(
    models: Sequence[Entry], outcome: str, variables: dict[str, Any], groups: dict[str, int]
) -> Guard | None:
    """G3: a model over more than one design group that does not hold the group, nor tells it apart."""
    design = {code for code, variable in variables.items() if variable.get("is_design")}
    if len(groups) < 2 or design & origins(outcome, variables):
        return None
    pooled = [
        model["name"]
        for model in models
        if model["reason"] is None and design.isdisjoint((*model["covariates"], *model.get("strata", ())))
    ]
    if not pooled:
        return None
    source = "Kievit RA et al. Front Psychol 2013;4:513"
    return guard("G3", "warn", source, place="model", groups=groups, models=pooled)


def _named(pairs: Sequence[Entry]) -> list[Entry]:
    return [{"x": pair["x"], "y": pair["y"]} for pair in pairs]


def structural_pairs(
    pairs: Sequence[Entry], variables: dict[str, Any], *, is_replication: bool = False
) -> Guard | None:
    """G4: a quantity correlated with one it is computed from; only a replication shows a P for it."""
    coupled = sorted(
        {
            (y, x) if x in origins(y, variables) else (x, y)
            for x, y in ((pair["x"], pair["y"]) for pair in pairs)
            if is_structural(x, y, variables)
        }
    )
    if not coupled:
        return None
    return guard(
        "G4",
        "block" if is_replication else "note",
        "Archie JP. Ann Surg 1981;193:296-303",
        place="correlation",
        is_replication=is_replication,
        pairs=[{"x": derived, "y": parent} for derived, parent in coupled],
    )


def outliers_or_bends(pairs: Sequence[Entry]) -> Guard | None:
    """G24: Pearson's and Spearman's coefficient of a pair lie far apart."""
    by_method = {
        (pair["method"], pair["stratum"], pair["x"], pair["y"]): pair["r"]
        for pair in pairs
        if pair["r"] is not None
    }
    apart = [
        {"x": x, "y": y, "stratum": stratum, "pearson": r, "spearman": by_method["spearman", stratum, x, y]}
        for (method, stratum, x, y), r in by_method.items()
        if method == "pearson" and abs(r - by_method.get(("spearman", stratum, x, y), r)) > FAR_APART
    ]
    if not apart:
        return None
    source = "Bishara AJ, Hittner JB. Psychol Methods 2012;17:399-417"
    return guard("G24", "note", source, place="correlation", pairs=apart)


def skewed_undeclared(rows: Sequence[Entry]) -> Guard | None:
    """G24: a measurement that leans far to one side is described by its mean."""
    leaning = {
        row["variable"]: worst
        for row in rows
        if row["scale"] == "continuous" and not row["is_skewed"]
        for worst in [_farthest(cell["skewness"] for cell in row["groups"].values())]
        if abs(worst) > HIGHLY_SKEWED
    }
    if not leaning:
        return None
    source = "Bulmer MG. Principles of statistics. 2nd ed. Dover 1979, p. 63"
    return guard("G24", "note", source, place="comparison", skewness=leaning)


def _farthest(values: Iterable[float | None]) -> float:
    return max((value for value in values if value is not None), key=abs, default=0.0)


def case_control(groups: dict[str, int]) -> Guard | None:
    """G17: the shares of the groups were set by the design, so nothing absolute follows from them."""
    if len(groups) < 2:
        return None
    return guard("G17", "note", "Rutjes AWS et al. Clin Chem 2005;51:1335-1341", groups=groups)


def many_tests(family: int, method: str, *, families: int = 1) -> Guard | None:
    """G19: several tests in one table, with the family they were adjusted as, and how many such tables."""
    if family < 2:
        return None
    source = {
        "holm": "Holm S. Scand J Stat 1979;6:65-70",
        "bonferroni": "Dunn OJ. J Am Stat Assoc 1961;56:52-64",
        "by": "Benjamini Y, Yekutieli D. Ann Stat 2001;29:1165-1188",
    }.get(method, "Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300")
    return guard("G19", "note", source, tests=family, method=method, families=families)


def repeated_looks(looks: int, *, question: str | None = None) -> Guard | None:
    """G20: the same was asked of growing data before; `question` is the one that allows for it."""
    passed = [fewest for fewest in FALSE_ALARM_BY_LOOKS if fewest <= looks]
    if not passed:
        return None
    source = "Armitage P et al. J R Stat Soc A 1969;132:235-244"
    found: Entry = {"looks": looks, "false_alarm": FALSE_ALARM_BY_LOOKS[max(passed)]}
    return guard("G20", "note", source, **found, **({"question": question} if question else {}))


def missing(entries: Sequence[Entry], key: str, outcome: dict[str, Any] | None = None) -> Guard | None:
    """G22: more than one patient in twenty was left out for a missing value."""
    lost = {
        entry[key]: {"n": entry["n"], "n_missing": entry["n_missing"]}
        for entry in entries
        if entry["n_missing"] > MISSING_SHARE * (entry["n"] + entry["n_missing"])
    }
    if not lost:
        return None
    said = outcome or {}
    source = "Lee KJ et al. J Clin Epidemiol 2021;134:79-88"
    return guard(
        "G22",
        "warn",
        source,
        place="lost",
        by=key,
        lost=lost,
        question=said.get("missing_in"),
        sensitivity=said.get("sensitivity_in"),
    )


def missing_by_outcome(rows: Sequence[Entry]) -> Guard | None:
    """G22: values are missing more often with the outcome than without, or less often."""
    related = {
        row["variable"]: row["p_adjusted"]
        for row in rows
        if row["p_adjusted"] is not None and row["p_adjusted"] < MISSING_ALPHA
    }
    if not related:
        return None
    source = "Lee KJ et al. J Clin Epidemiol 2021;134:79-88"
    return guard("G22", "warn", source, place="outcome", related=related)


def sparse_table(rows: Sequence[Entry]) -> Guard | None:
    """G25: an expected count below five: the exact test is the primary one, unless it takes too long."""
    sparse = [
        row
        for row in rows
        if row.get("smallest_expected") is not None and row["smallest_expected"] < EXPECTED_CELL
    ]
    if not sparse:
        return None
    exact = [row for row in sparse if any(test["name"] == "fisher" for test in row.get("tests", ()))]
    return guard(
        "G25",
        "note",
        "Cochran WG. Biometrics 1954;10:417-451",
        variables=[row["variable"] for row in sparse],
        inexact=[row["variable"] for row in sparse if row not in exact],
    )


def several_sites(n_sites: int, models: Sequence[Entry] = ()) -> Guard | None:
    """G26: patients of one site are more alike than the errors take them to be, asked to or not."""
    if n_sites < 2:
        return None
    asked = {model["name"]: model["clusters"] for model in models if model["clusters"] is not None}
    refused = {name: clusters["reason"] for name, clusters in asked.items() if clusters["reason"] is not None}
    source = "Localio AR et al. Ann Intern Med 2001;135:112-123"
    return guard("G26", "warn" if refused else "note", source, sites=n_sites, refused=refused)


def not_estimable(entries: Sequence[Entry], key: str) -> Guard | None:
    """G30: parts of the answer that these patients cannot give, each with its reason."""
    refused = {entry[key]: entry["reason"] for entry in entries if entry["reason"] is not None}
    if not refused:
        return None
    source = "von Elm E et al. Lancet 2007;370:1453-1457"
    return guard("G30", "note", source, by=key, refused=refused)


def duplicates(n: int, variables: Sequence[str]) -> Guard | None:
    """G29: patients whose measurements all equal those of another."""
    if not n:
        return None
    source = "Huebner M et al. Observational Studies 2018;4:171-192"
    return guard("G29", "warn", source, n=n, variables=list(variables))
