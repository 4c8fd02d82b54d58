"""Hazard ratios: Cox's model of the cause, and Fine and Gray's of its subdistribution beside it."""

from collections.abc import Callable
from typing import Any

from analytics.questions.adequacy import overlap_in_hazard
from analytics.questions.answer import Reason, plain, why_not
from analytics.questions.clusters import Clusters, Labels
from analytics.questions.hazards import Model, fitted, hazard_terms, names_of
from analytics.questions.survival.asked import Asked
from analytics.questions.survival.blocks import with_blocks
from analytics.questions.survival.followed import EVENT
from analytics.questions.survival.proportionality import proportional_hazards
from analytics.statistics import NotEstimable
from analytics.statistics.competing.fine_gray import FineGrayModel, fine_gray
from analytics.statistics.design import Design
from analytics.statistics.errors import attempt
from analytics.statistics.survival.concordance import concordance
from analytics.statistics.survival.cox import CoxModel, cox
from analytics.statistics.survival.residuals import turned

TIES = "efron"


def fitted_hazard(asked: Asked) -> tuple[CoxModel | NotEstimable, Clusters | None]:
    """Cox's model of the hazard of the event, which a competing event ends; its errors between clusters.

    Where the clusters cannot give errors, those of the model stand, and the payload says why.
    """
    clusters, told = asked.clusters()
    model = attempt(_fit, asked, lambda design: _cox(asked, design, clusters))
    if isinstance(model, NotEstimable) and model.reason == "too_few_clusters":
        told = {**(told or {}), "reason": why_not(model)}
        model = attempt(_fit, asked, lambda design: _cox(asked, design, None))
    return model, told


def _cox(asked: Asked, design: Design, clusters: Labels | None) -> CoxModel:
    return cox(
        asked.patients.time,
        asked.patients.occurred,
        design.matrix[:, 1:],
        strata=asked.strata,
        cluster=clusters,
        ties=asked.wanted.get("ties", TIES),
    )


def told_models(
    asked: Asked, hazard: CoxModel | NotEstimable, clusters: Clusters | None, horizon: float
) -> list[dict[str, Any]]:
    """What the payload says of one model of the plan: the hazard; where events compete, both."""
    wanted, has_competing = asked.wanted, asked.patients.has_competing
    head = {
        "name": wanted["name"],
        "title": wanted["title"],
        "outcome": wanted["outcome"],
        "covariates": wanted["covariates"],
        "is_primary": wanted.get("is_primary", False),
        "is_replication": wanted.get("is_replication", False),
        "selected_by": wanted.get("selected_by"),
        **asked.patients.counts(),
        "n_missing": asked.n_missing,
        "ties": wanted.get("ties", TIES),
        "strata": wanted.get("strata", []),
        "clusters": clusters,
    }
    estimand = "cause_specific" if has_competing else "hazard"
    told = [{**head, "estimand": estimand, **_hazard(asked, hazard, horizon)}]
    if has_competing:
        told.append({**head, "estimand": "subdistribution", "ties": "breslow", **_subdistribution(asked)})
    return [plain(model) for model in with_blocks(told, asked.variables)]


def _hazard(asked: Asked, model: CoxModel | NotEstimable, horizon: float) -> dict[str, Any]:
    if isinstance(model, NotEstimable):
        return _no_model(why_not(model))
    design = asked.design
    return {
        "terms": _terms(model, asked),
        "events_per_variable": model.n_events / model.coefficients.size,
        **overlap_in_hazard(design, model),
        **_concordance(asked, model),
        "proportional_hazards": proportional_hazards(model, design, horizon),
        "hanging": _hanging(model, design),
        "reason": None,
    }


def _subdistribution(asked: Asked) -> dict[str, Any]:
    clusters, told = asked.clusters()
    model = attempt(_fit, asked, lambda design: _fine_gray(asked, design, clusters))
    if isinstance(model, NotEstimable) and model.reason == "too_few_clusters":
        told = {**(told or {}), "reason": why_not(model)}
        model = attempt(_fit, asked, lambda design: _fine_gray(asked, design, None))
    if isinstance(model, NotEstimable):
        return {**_no_model(why_not(model)), "clusters": told}
    return {
        **_no_model(None),
        "clusters": told,
        "terms": _terms(model, asked),
        "events_per_variable": model.n_events / model.coefficients.size,
    }


def _fine_gray(asked: Asked, design: Design, clusters: Labels | None) -> FineGrayModel:
    """As cmprsk::crr fits it; in strata or with errors between clusters as survival::finegray and coxph."""
    is_plain = asked.strata is None and clusters is None
    return fine_gray(
        asked.patients.time,
        asked.patients.status,
        design.matrix[:, 1:],
        cause=EVENT,
        strata=asked.strata,
        cluster=clusters,
        censored_last=not is_plain,
    )


def _fit(asked: Asked, fit: Callable[[Design], Model]) -> Model:
    """A model of the columns after the intercept."""
    return fitted(lambda: fit(asked.design), names_of(asked.design))


def _terms(model: CoxModel | FineGrayModel, asked: Asked) -> list[dict[str, Any]]:
    return [{**term, "reason": None} for term in hazard_terms(model, names_of(asked.design), asked.columns)]


def _concordance(asked: Asked, model: CoxModel) -> dict[str, Any]:
    """Harrell's C in the patients the model was fitted to, within its strata."""
    patients = asked.patients
    found = attempt(
        concordance, patients.time, patients.occurred, model.linear_predictor, strata=asked.strata
    )
    names = ("concordance", "concordance_standard_error", "concordance_reason")
    if isinstance(found, NotEstimable):
        return dict(zip(names, (None, None, why_not(found)), strict=True))
    return dict(zip(names, (found.estimate, found.standard_error, None), strict=True))


def _hanging(model: CoxModel, design: Design) -> list[str]:
    """The variables with a term whose P would be on the other side of 0.05 without some one patient."""
    owners = [owner for owner, is_turned in zip(design.owners[1:], turned(model), strict=True) if is_turned]
    return list(dict.fromkeys(owners))


def _no_model(reason: Reason | None) -> dict[str, Any]:
    return {
        "terms": [],
        "events_per_variable": None,
        "vif": None,
        "condition_number": None,
        "entangled": [],
        "determined": [],
        "concordance": None,
        "concordance_standard_error": None,
        "concordance_reason": None,
        "proportional_hazards": None,
        "hanging": [],
        "reason": reason,
    }
