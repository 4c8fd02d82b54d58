"""Words for remarks on the terms of fitted models."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from registry.presentation.guards.naming import Found, Name, Wordings, level_code, listed
from registry.presentation.rounding import MISSING, named_p, ratio

Entry = Mapping[str, Any]


def _not_linear(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("Against a spline, the relation with the outcome bends: %(named)s.")
        % {"named": _by_model(found["by_model"], name)},
        _("One ratio per unit does not hold over the whole range; do not cut the measurement in two either."),
    )


def _not_proportional(found: Found, name: Name) -> tuple[str, str]:
    """The covariates whose hazard ratio moves; of a model where none alone does, the test of all together."""
    alone = [entry for entry in found["by_model"] if entry["variables"]]
    together = [entry for entry in found["by_model"] if not entry["variables"]]
    said = []
    if alone:
        said.append(
            _("The hazard ratio does not stay the same over time: %(named)s.")
            % {"named": _by_model(alone, name)}
        )
    if together:
        named = [f"{_quoted(entry, name)} ({named_p(entry['p_value'])})" for entry in together]
        said.append(
            _("Taken together, the hazard ratios do not stay the same over time: %(named)s.")
            % {"named": listed(named)}
        )
    return " ".join(said), _(
        "One hazard ratio is then an average over the follow-up: look at how it moves, compare the "
        "event-free months instead, or let the covariate set strata."
    )


def _hangs_on_one(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("Whether P is below 0.05 hangs on a single patient: %(named)s.")
        % {"named": _by_model(found["by_model"], name)},
        _("Read the interval and not on which side of 0.05 P lies; check the patient's values."),
    )


def _by_model(models: list[Entry], name: Name) -> str:
    """The variables of each model, with P where it is told; a model of one variable bears its name."""
    single = [_variables(entry, name) for entry in models if list(entry["variables"]) == [entry["model"]]]
    others = [
        _("%(variables)s in %(model)s")
        % {"variables": _variables(entry, name), "model": _quoted(entry, name)}
        for entry in models
        if list(entry["variables"]) != [entry["model"]]
    ]
    return "; ".join([*([listed(single)] if single else []), *others])


def _variables(entry: Entry, name: Name) -> str:
    variables = entry["variables"]
    if isinstance(variables, Mapping):
        return listed([f"{name(code)} ({named_p(p)})" for code, p in variables.items()])
    return listed([name(code) for code in variables])


def _quoted(entry: Entry, name: Name) -> str:
    return _("“%(model)s”") % {"model": name(entry["model"])}


def _finding(found: Found, name: Name) -> tuple[str, str]:
    text = (
        _("A higher hazard of %(outcome)s goes with %(named)s.")
        if found["is_hazard"]
        else _("Higher odds of %(outcome)s go with %(named)s.")
    )
    kind = _("hazard ratio") if found["is_hazard"] else _("odds ratio")
    named = [
        _("%(step)s (%(kind)s %(ratio)s)")
        % {
            "step": _step(term, name),
            "kind": kind,
            "ratio": ratio(term["ratio"]) if term["ratio"] else MISSING,
        }
        for term in found["goes_with"]
    ]
    return text % {"outcome": name(found["outcome"]), "named": "; ".join(named)}, _(
        "This is an association in these patients, not a cause; external validation: none."
    )


def _step(term: Entry, name: Name) -> str:
    """What goes with the outcome: so much more or less of a measurement, one level rather than another."""
    variable = term["variable"]
    if term["per"] is not None:
        more = _("%(variable)s %(step)s higher") if term["is_raised"] else _("%(variable)s %(step)s lower")
        return more % {"variable": name(variable), "step": _size(term)}
    if term["level"] is not None:
        return _("%(variable)s: %(level)s rather than %(reference)s") % {
            "variable": name(variable),
            **{key: name(level_code(variable, term[key])) for key in ("level", "reference")},
        }
    return name(variable) if term["is_raised"] else _("no %(variable)s") % {"variable": name(variable)}


def _size(term: Entry) -> str:
    size = f"{term['per']:g}"
    unit = (term["each"] if term["per"] == 1 else None) or term["unit"]
    return f"{size} {_(unit)}" if unit else size


WORDING: Wordings = {
    ("G9", None): _not_linear,
    ("G23", None): _not_proportional,
    ("G28", None): _hangs_on_one,
    ("G32", None): _finding,
}
