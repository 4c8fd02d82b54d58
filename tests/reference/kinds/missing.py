"""Missing values: their pattern, and models pooled over imputations."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics import logistic
from analytics.statistics.design import design_matrix
from analytics.statistics.missing import (
    Variable,
    autocorrelation,
    impute,
    missing_pattern,
    pool,
    potential_scale_reduction,
)
from tests.reference import formula
from tests.reference.kinds.logistic import modelled
from tests.reference.pack import Case, Pack


def pattern(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    variables = case.inputs["vars"]
    found = missing_pattern(
        {name: frame[name].isna().to_numpy() for name in variables},
        outcome=formula.outcome(frame, case.inputs["outcome"], case.inputs["positive"]),
    )
    return {
        "n": found.n,
        "vars": list(found.variables),
        "n_missing": found.n_missing,
        "frac_missing": [count / found.n for count in found.n_missing],
        "complete_cases": found.n_complete,
        "patterns": {
            "pattern": ["".join("01"[has] for has in pattern.observed) for pattern in found.patterns],
            "count": [pattern.count for pattern in found.patterns],
        },
        "pairs_both_observed": found.pairs_observed,
        "missing_by_outcome": [
            {
                "var": part.variable,
                "miss_event": part.share_with,
                "miss_nonevent": part.share_without,
                "fisher_p": part.p_value,
            }
            for part in found.by_outcome
        ],
    }


def rubin(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    imputed = [part for _, part in frame.groupby(".imp")]
    models = [logistic.fit(*modelled(part, case.inputs)) for part in imputed]
    n, terms = models[0].n, models[0].terms
    found = pool(
        np.array([model.coefficients for model in models]),
        np.array([model.standard_errors for model in models]),
        df_complete=n - len(terms),
    )
    return {
        "m": found.m,
        "n": n,
        "terms": terms,
        "estimate": found.estimate,
        "se": found.standard_error,
        "t": found.statistic,
        "df_barnard_rubin": found.df,
        "p": found.p_value,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "ubar": found.within,
        "b": found.between,
        "t_var": found.total,
        "riv": found.relative_increase,
        "lambda": found.lambda_,
        "fmi": found.fmi,
    }


def imputed(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    inputs, classes = case.inputs, ["none", "mild", "severe"]
    codes = frame["class"].map({name: float(code) for code, name in enumerate(classes)})
    tables = impute(
        {
            "age": Variable(frame["age"].to_numpy(float)),
            "mg": Variable(frame["mg"].to_numpy(float), inputs["method"]),
            "diabetes": Variable(frame["diabetes"].to_numpy(float), "levels"),
            "class": Variable(codes.to_numpy(float), "levels"),
            "died": Variable(frame["died"].to_numpy(float), "levels"),
        },
        imputations=inputs["m"],
        iterations=inputs["iterations"],
        seed=inputs["seed"],
    ).tables
    models = []
    for table in tables:
        columns = {name: table[name] for name in ("age", "mg", "diabetes")}
        levels = {name: (table["class"] == classes.index(name)) for name in classes[1:]}
        models.append(logistic.fit(design_matrix(columns | levels), table["died"]))
    found = pool(
        np.array([model.coefficients for model in models]),
        np.array([model.standard_errors for model in models]),
        df_complete=len(frame) - len(inputs["terms"]),
    )
    figures = {"beta": found.estimate, "se": found.standard_error, "lambda": found.lambda_}
    by_term = {key: dict(zip(inputs["terms"], values, strict=True)) for key, values in figures.items()}
    return {"n": len(frame), **by_term}


def chains(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    trace = frame.pivot(index="iteration", columns="chain", values=case.inputs["var"])
    rounds = trace.to_numpy()[: case.inputs["iterations"]]
    return {"rhat": potential_scale_reduction(rounds), "ac": autocorrelation(rounds)}


KINDS = {"missing_pattern": pattern, "rubin": rubin, "imputed": imputed, "chains": chains}
