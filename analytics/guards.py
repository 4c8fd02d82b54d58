"""What a careful statistician would say about a result, as data: rule, finding, severity, source.

Each guard is a pure function of a payload and the plan, None where its demand is met.
"""

from collections.abc import Sequence
from typing import Any, Literal

Guard = dict[str, Any]
Severity = Literal["note", "warn", "block"]
Entry = dict[str, Any]

MISSING_SHARE = 0.05
VIF_WARN, VIF_BLOCK = 5.0, 10.0
EPV_WARN, EPV_GRAVE = 10.0, 5.0
EXPECTED_CELL = 5.0
PROPORTIONAL_ALPHA = 0.05
FALSE_ALARM_BY_LOOKS = {2: 0.083, 5: 0.142, 10: 0.193, 20: 0.248, 50: 0.320, 100: 0.374}
"""Chance that P falls below 0.05 at one of so many looks at growing data without any effect."""
ROUNDING = 1e-9


def guard(code: str, severity: Severity, source: str, **found: Any) -> Guard:
    """One remark on a result."""
    return {"code": code, "severity": severity, "source": source, "found": found}


def time_ignored(outcome: dict[str, Any]) -> Guard | None:
    """G1: an outcome that accrues over follow-up is analysed as if all had been followed alike."""
    if outcome.get("from") != "terminal_status":
        return None
    return guard(
        "G1",
        "warn",
        "Noordzij M et al. Nephrol Dial Transplant 2013;28:2670-2677",
        question=outcome.get("over_time"),
    )


def competing_events(outcomes: Sequence[Entry]) -> Guard | None:
    """G2: 1 - Kaplan-Meier would take those who had a competing event for patients still at risk."""
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
    )


def pooled_groups(pairs: Sequence[Entry], groups: dict[str, int]) -> Guard | None:
    """G3: correlations over more than one design group, and the pairs that change within the groups."""
    if len(groups) < 2:
        return None
    pooled = [pair for pair in pairs if pair.get("within_groups") and pair["r"] is not None]
    reversed_ = [
        pair for pair in pooled if any((r or 0) * pair["r"] < 0 for r in pair["within_groups"]["r"].values())
    ]
    changed = [pair for pair in pooled if pair["within_groups"]["is_changed"]]
    return guard(
        "G3",
        "warn",
        "Kievit RA et al. Front Psychol 2013;4:513",
        groups=groups,
        pairs=len(pooled),
        changed=_named(changed),
        sign_changes=_named(reversed_),
    )


def _named(pairs: Sequence[Entry]) -> list[Entry]:
    return [{"x": pair["x"], "y": pair["y"]} for pair in pairs]


def structural_pairs(pairs: Sequence[Entry], variables: dict[str, Any]) -> Guard | None:
    """G4: a quantity correlated with one it is computed from."""
    coupled = sorted(
        {
            (derived, parent)
            for pair in pairs
            for derived, parent in ((pair["x"], pair["y"]), (pair["y"], pair["x"]))
            if parent in variables[derived].get("derived_from", ())
        }
    )
    if not coupled:
        return None
    return guard(
        "G4",
        "note",
        "Archie JP. Ann Surg 1981;193:296-303",
        place="correlation",
        pairs=[{"x": derived, "y": parent} for derived, parent in coupled],
    )


def derived_beside_parents(model: Entry, variables: dict[str, Any]) -> Guard | None:
    """G4: a model holds a quantity together with those it is computed from."""
    for derived in model["covariates"]:
        parents = [name for name in variables[derived].get("derived_from", ()) if name in model["covariates"]]
        if parents:
            return guard(
                "G4",
                "block",
                "Archie JP. Ann Surg 1981;193:296-303",
                place="model",
                model=model["name"],
                variable=derived,
                parents=parents,
            )
    return None


def collinear(model: Entry) -> Guard | None:
    """G5: covariates that determine one another, by the variance inflation factor."""
    high = {name: vif for name, vif in (model["vif"] or {}).items() if vif is not None and vif > VIF_WARN}
    if not high:
        return None
    severity: Severity = "block" if max(high.values()) > VIF_BLOCK else "warn"
    return guard(
        "G5",
        severity,
        "Belsley DA, Kuh E, Welsch RE. Regression Diagnostics. Wiley 1980",
        model=model["name"],
        vif=high,
    )


def events_per_variable(models: Sequence[Entry]) -> Guard | None:
    """G6: fewer than ten events, or non-events, for each coefficient."""
    thin = [model for model in models if model["reason"] is None and model["events_per_variable"] < EPV_WARN]
    if not thin:
        return None
    least = min(thin, key=lambda model: model["events_per_variable"])
    return guard(
        "G6",
        "warn",
        "Peduzzi P et al. J Clin Epidemiol 1996;49:1373-1379",
        model=least["name"],
        events_per_variable=least["events_per_variable"],
        is_grave=least["events_per_variable"] < EPV_GRAVE,
        models=[model["name"] for model in thin],
    )


def separated(model: Entry) -> Guard | None:
    """G7: some patients are predicted perfectly, so that maximum likelihood has no estimate."""
    if not model["separated"]:
        return None
    return guard(
        "G7",
        "block",
        "Heinze G, Schemper M. Stat Med 2002;21:2409-2419",
        model=model["name"],
        terms=model["infinite"],
    )


def below_operating_point(curves: Sequence[Entry]) -> Guard | None:
    """G10: an area smaller than one cut-off alone attains: the risk does not rise evenly with the marker."""
    attained = {curve["marker"]: (curve["sensitivity"] + curve["specificity"]) / 2 for curve in curves}
    below = {
        curve["marker"]: {"auc": curve["auc"], "attained": attained[curve["marker"]]}
        for curve in curves
        if curve["auc"] < attained[curve["marker"]] - ROUNDING
    }
    if not below:
        return None
    return guard("G10", "note", "", markers=below)


def direction(curve: Entry) -> Guard | None:
    """G11: the data would now turn the direction that was decided at the first run."""
    if curve.get("direction_suggested") in (None, curve["direction"]):
        return None
    return guard(
        "G11",
        "warn",
        "Robin X et al. BMC Bioinformatics 2011;12:77",
        marker=curve["marker"],
        kept=curve["direction"],
        suggested=curve["direction_suggested"],
    )


def in_sample(curves: Sequence[Entry]) -> Guard | None:
    """G12: a combination is judged on the patients it was fitted to."""
    fitted = [curve["marker"] for curve in curves if "markers" in curve]
    if not fitted:
        return None
    return guard("G12", "warn", "Harrell FE et al. Stat Med 1996;15:361-387", markers=fitted)


def data_driven_cut_off(curves: Sequence[Entry]) -> Guard | None:
    """G13: cut-offs chosen on the data they are judged on."""
    if not curves:
        return None
    tied = [curve["marker"] for curve in curves if curve["tied_thresholds"]]
    return guard(
        "G13",
        "warn",
        "Leeflang MMG et al. Clin Chem 2008;54:729-737",
        markers=[curve["marker"] for curve in curves],
        tied=tied,
    )


def case_control(groups: dict[str, int]) -> Guard | None:
    """G17: the shares of the groups were set by the design, so nothing absolute follows from them."""
    if len(groups) < 2:
        return None
    return guard("G17", "note", "Rutjes AWS et al. Clin Chem 2005;51:1335-1341", groups=groups)


def many_tests(family: int, method: str) -> Guard | None:
    """G19: several tests in one table, with the family they were adjusted as."""
    if family < 2:
        return None
    return guard(
        "G19", "note", "Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300", tests=family, method=method
    )


def repeated_looks(looks: int) -> Guard | None:
    """G20: the same question was asked of growing data before."""
    passed = [fewest for fewest in FALSE_ALARM_BY_LOOKS if fewest <= looks]
    if not passed:
        return None
    source = "Armitage P et al. J R Stat Soc A 1969;132:235-244"
    return guard("G20", "note", source, looks=looks, false_alarm=FALSE_ALARM_BY_LOOKS[max(passed)])


def missing(entries: Sequence[Entry], key: str) -> Guard | None:
    """G22: more than one patient in twenty was left out for a missing value."""
    lost = {
        entry[key]: {"n": entry["n"], "n_missing": entry["n_missing"]}
        for entry in entries
        if entry["n_missing"] > MISSING_SHARE * (entry["n"] + entry["n_missing"])
    }
    if not lost:
        return None
    return guard("G22", "warn", "Lee KJ et al. J Clin Epidemiol 2021;134:79-88", by=key, lost=lost)


def hazards_not_proportional(model: Entry) -> Guard | None:
    """G23: a hazard ratio changes over time, so that one number does not describe it."""
    tested = model["proportional_hazards"]
    if tested is None or tested["overall"] is None:
        return None
    changing = {
        term["variable"]: term["p_value"] for term in tested["terms"] if term["p_value"] < PROPORTIONAL_ALPHA
    }
    if not changing and tested["overall"]["p_value"] >= PROPORTIONAL_ALPHA:
        return None
    return guard(
        "G23",
        "warn",
        "Grambsch PM, Therneau TM. Biometrika 1994;81:515-526",
        model=model["name"],
        p_value=tested["overall"]["p_value"],
        terms=changing,
    )


def sparse_table(rows: Sequence[Entry]) -> Guard | None:
    """G25: an expected count below five, so that the exact test is the primary one."""
    sparse = [
        row["variable"]
        for row in rows
        if row.get("smallest_expected") is not None and row["smallest_expected"] < EXPECTED_CELL
    ]
    if not sparse:
        return None
    return guard("G25", "note", "Cochran WG. Biometrics 1954;10:417-451", variables=sparse)


def not_estimable(entries: Sequence[Entry], key: str) -> Guard | None:
    """G30: parts of the answer that these patients cannot give, each with its reason."""
    refused = {entry[key]: entry["reason"] for entry in entries if entry["reason"] is not None}
    if not refused:
        return None
    return guard("G30", "note", "", by=key, refused=refused)
