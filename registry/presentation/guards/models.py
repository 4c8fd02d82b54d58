"""Words for remarks on fitted models."""

from django.utils.translation import gettext as _

from registry.presentation.guards.naming import Found, Name, Wordings, listed, pairs, pointing
from registry.presentation.rounding import number, percent


def _correlated_with_origin(found: Found, name: Name) -> tuple[str, str]:
    advice = (
        _("Such a correlation is there by construction; its P is shown because the study gave one.")
        if found.get("is_replication")
        else _("Such a correlation is there by construction: it has no P.")
    )
    return (
        _("A quantity is correlated with one it is computed from, or shares its origin with: %(named)s.")
        % {"named": pairs(found["pairs"], name)},
        advice,
    )


def _beside_origin(found: Found, name: Name) -> tuple[str, str]:
    """One sentence for each quantity that the model holds beside what it is computed from."""
    computed = _("The model “%(model)s” holds %(variable)s beside %(parents)s, from which it is computed.")
    follows = _("The model “%(model)s” holds %(variable)s beside %(parents)s, from which it follows exactly.")
    told = [
        (computed if entry["is_declared"] else follows)
        % {
            "model": name(found["model"]),
            "variable": name(entry["variable"]),
            "parents": listed([name(parent) for parent in entry["parents"]]),
        }
        for entry in found["derived"]
    ]
    return (
        " ".join(told),
        _blocked(found, _("Their ratios cannot be read one by one: use the model without it.")),
    )


def _blocked(found: Found, advice: str) -> str:
    """What became of the numbers: a replication shows them, with what it holds against them."""
    if found["numbers"] == "published":
        return advice + " " + _("They are shown because the study gave them.")
    return advice + " " + _("Their numbers are not shown.") if found["numbers"] == "withdrawn" else advice


def _collinear(found: Found, name: Name) -> tuple[str, str]:
    factors = sorted(found["vif"].items(), key=lambda entry: -entry[1])
    named = listed([f"{name(variable)} ({number(vif, 1)})" for variable, vif in factors])
    text = _("In the model “%(model)s” covariates determine one another; variance inflation: %(named)s.") % {
        "model": name(found["model"]),
        "named": named,
    }
    if found["condition_number"] is not None:
        text += " " + _("The condition number is %(number)s.") % {
            "number": number(found["condition_number"], 0)
        }
    advice = _("Drop or combine one of them.")
    return text, _blocked(found, advice) if found["blocked"] else advice


def _events_per_variable(found: Found, name: Name) -> tuple[str, str]:
    return (
        _(
            "There are %(number)s events (or non-events) for each coefficient in the model “%(model)s”; "
            "ten are the usual minimum."
        )
        % {"number": number(found["events_per_variable"], 1), "model": name(found["model"])},
        pointing(
            _few_events(found, name),
            found,
            name,
            _("How many patients it takes is told by the question “%(question)s”."),
        ),
    )


def _few_events(found: Found, name: Name) -> str:
    if found["penalised"]:
        return _(
            "Below five, maximum likelihood gives way to Firth's penalised estimates (%(models)s); use fewer "
            "covariates or wait for more events."
        ) % {"models": listed([name(model) for model in found["penalised"]])}
    return _("Expect ratios that are too extreme; use fewer covariates or wait for more events.")


def _separated(found: Found, name: Name) -> tuple[str, str]:
    return (
        _(
            "In the model “%(model)s” some patients are predicted perfectly by %(terms)s, so maximum "
            "likelihood has no finite odds ratio."
        )
        % {"model": name(found["model"]), "terms": listed([name(term) for term in found["terms"]])},
        _("Firth's penalised estimates stand in its place, with the intervals of their profile.")
        if found["is_penalised"]
        else _("Leave the covariate out or use a penalised estimate."),
    )


def _chosen_by_p(found: Found, name: Name) -> tuple[str, str]:
    named = listed([_("“%(model)s”") % {"model": name(model)} for model in found["models"]])
    return (
        _("The covariates were chosen by their P values on the same patients: model %(named)s.")
        % {"named": named},
        _("Its odds ratios are too extreme and its P values too small; a model named in advance is not."),
    )


def _no_net_benefit(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(
        f"{name(model)}: {listed([percent(threshold) for threshold in thresholds])}\u00a0%"
        for model, thresholds in found["thresholds"].items()
    )
    return (
        _("At some thresholds acting on the model does less good than treating all or none (%(named)s).")
        % {"named": named},
        _("Do not act on the model at these thresholds."),
    )


WORDING: Wordings = {
    ("G4", "correlation"): _correlated_with_origin,
    ("G4", "model"): _beside_origin,
    ("G5", None): _collinear,
    ("G6", None): _events_per_variable,
    ("G7", None): _separated,
    ("G8", None): _chosen_by_p,
    ("G18", None): _no_net_benefit,
}
