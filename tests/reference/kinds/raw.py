"""Cases without inputs: what to fit is read from the R call itself."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics.survival.concordance import concordance
from analytics.statistics.survival.cox import cox
from analytics.statistics.survival.model import ModelTest
from analytics.statistics.survival.residuals import martingale_residuals
from tests.reference.formula import design
from tests.reference.kinds.cox import part
from tests.reference.pack import Case, Pack


@dataclass(frozen=True)
class Coxph:
    """The arguments of a call of coxph."""

    response: list[str]
    terms: str
    cluster: str | None
    robust: bool
    weight: str | None
    ties: str


def raw(case: Case, frame: pd.DataFrame, pack: Pack) -> dict[str, Any]:
    call = coxph(case.call)
    named = " ".join([*call.response, call.terms, call.cluster or "", call.weight or ""])
    frame = frame.dropna(subset=[name for name in frame if re.search(rf"\b{re.escape(name)}\b", named)])
    found = design(frame, f"~ {call.terms}", intercept=False)
    *entry, time = [frame[name].to_numpy(float) for name in call.response[:-1]]
    event = _event(frame, call.response[-1])
    model = cox(
        time,
        event,
        found.x,
        entry=entry[0] if entry else None,
        strata=found.strata,
        cluster=_clusters(frame, call),
        weight=frame[call.weight] if call.weight else None,
        ties=call.ties,
    )
    low, high = model.hazard_ratio_interval()
    naive = np.sqrt(np.diag(model.covariance))
    covariance = model.covariance if model.robust_covariance is None else model.robust_covariance
    result = {
        "n": model.n,
        "events": model.n_events,
        "terms": found.names,
        "beta": model.coefficients,
        "se": model.standard_error,
        "robust_se": model.standard_error,
        "se_robust": model.standard_error,
        "naive_se": naive,
        "se_naive": naive,
        "z": model.z,
        "p": model.p_value,
        "hr": model.hazard_ratio,
        "hr_low": low,
        "hr_high": high,
        "vcov": covariance,
        "loglik": [model.log_likelihood_null, model.log_likelihood],
        "lr": _test(model.likelihood_ratio_test),
        "wald": _test(model.wald_test),
        "score": _test(model.score_test),
        "aic": model.aic,
        "martingale_head": martingale_residuals(model)[:5],
    }
    # With weights R weighs the pairs too, which we do not offer.
    if not entry and not call.weight:
        ranked = part(lambda: concordance(time, event, model.linear_predictor, strata=found.strata))
        result["concordance"] = ranked.estimate
    return result


def coxph(call: str) -> Coxph:
    """Read the first call of coxph, whose formula may have been given a name before."""
    if "coxph(" not in call:
        raise ValueError(f"no coxph in {call!r}")
    first, *others = _arguments(call[call.index("coxph(") + len("coxph(") :])
    named = dict(
        re.split(r"\s*=\s*", other, maxsplit=1) for other in others if re.match(r"[\w.]+\s*=[^=]", other)
    )
    formula = re.sub(r"^formula\s*=\s*", "", first)
    if re.fullmatch(r"[\w.]+", formula):
        formula = re.search(rf"\b{re.escape(formula)} *<- *([^;\n]+)", call)[1]
    response, terms = formula.split("~", 1)
    clustered = re.search(r"\+ *cluster\(([\w.]+)\)", terms)
    given = clustered[1] if clustered else named.get("cluster")
    inner = response.strip().removeprefix("survival::").removeprefix("Surv(").rstrip(" )")
    return Coxph(
        response=[_column(name) for name in inner.split(",")],
        terms=re.sub(r"\+ *cluster\([\w.]+\)", "", terms).strip(),
        cluster=_column(given) if given else None,
        robust=named.get("robust") in ("TRUE", "T"),
        weight=_column(named["weights"]) if "weights" in named else None,
        ties=named.get("ties", named.get("method", "efron")).strip("\"' "),
    )


def _clusters(frame: pd.DataFrame, call: Coxph) -> Any:
    """The clusters of robust errors: each row its own when they are asked for without any."""
    if call.cluster:
        return frame[call.cluster]
    return np.arange(len(frame)) if call.robust else None


def _arguments(text: str) -> list[str]:
    """The arguments up to the bracket that closes the call."""
    pieces, depth = [""], 1
    for character in text:
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            break
        if character == "," and depth == 1:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece.strip() for piece in pieces]


def _column(text: str) -> str:
    """The column that `d$id`, `d[["id"]]` or `id` names; comparisons stay whole."""
    quoted = re.search(r"\[\[[\"']([^\"']+)[\"']\]\]", text)
    return quoted[1] if quoted else re.sub(r"^\w+\$", "", text.strip())


def _event(frame: pd.DataFrame, expression: str) -> np.ndarray:
    """An event column, of 0 and 1 or of 1 and 2 as Surv understands it, or a comparison."""
    if "==" in expression:
        name, value = re.split(r"\s*==\s*", expression)
        return (frame[name].astype(str) == value.strip("\"' ")).to_numpy()
    values = frame[expression].to_numpy(float)
    return values - 1 if values.max() == 2 else values


def _test(test: ModelTest) -> dict[str, Any]:
    return {"chisq": test.statistic, "df": test.df, "p": test.p_value}


KINDS = {"raw": raw}
