"""Words for remarks on markers, their cut-offs and combinations."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.presentation.guards.naming import Found, Name, Wordings, level_code, listed
from registry.presentation.rounding import MISSING, interval, named_p, number, percent

SHARES = {
    "sensitivity": gettext_lazy("sensitivity"),
    "specificity": gettext_lazy("specificity"),
    "ppv": gettext_lazy("positive predictive value"),
    "npv": gettext_lazy("negative predictive value"),
}


def _below_operating_point(found: Found, name: Name) -> tuple[str, str]:
    said = []
    if found["markers"]:
        said.append(
            _(
                "The area is smaller than its own cut-off attains for %(markers)s: the risk does not rise "
                "evenly with the marker."
            )
            % {"markers": listed([name(marker) for marker in found["markers"]])}
        )
    said += [
        _("At its cut-off %(marker)s does worse than %(best)s alone, sensitivity and specificity together.")
        % {"marker": name(outdone["marker"]), "best": name(outdone["variable"])}
        for outdone in found.get("outdone", ())
    ]
    return (
        " ".join(said),
        _("Look at the shape of the relation before a straight line or one cut-off is used."),
    )


def _direction(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("The data would now turn the direction of %(marker)s, which was decided at the first run and kept.")
        % {"marker": name(found["marker"])},
        _("An area near or below 0.5 means that the marker does not tell the patients apart."),
    )


def _in_sample(found: Found, name: Name) -> tuple[str, str]:
    named = listed([name(marker) for marker in found["markers"]])
    return (
        _("What was fitted is judged on the same patients: %(named)s.") % {"named": named},
        _("As it appears the area is too good; external validation: none."),
    )


def _data_driven(found: Found, name: Name) -> tuple[str, str]:
    text = _("The cut-offs were chosen on the data they are judged on.") + _tied(found, name)
    return text, _(
        "Sensitivity and specificity are too good, and the cut-off will move as patients are added."
    )


def _left_out(found: Found, name: Name) -> tuple[str, str]:
    """What the cut-offs lose in patients they were not chosen in."""
    shares = [
        _("%(marker)s %(sensitivity)s %% and %(specificity)s %% (here %(seen)s %% and %(seen_too)s %%)")
        % {
            "marker": name(tried["marker"]),
            "sensitivity": percent(tried["left_out"]["sensitivity"]),
            "specificity": percent(tried["left_out"]["specificity"]),
            "seen": percent(tried["apparent"]["sensitivity"]),
            "seen_too": percent(tried["apparent"]["specificity"]),
        }
        for tried in found["markers"]
    ]
    text = _(
        "Chosen anew in resamples and tried on the patients left out, the cut-offs reach a sensitivity and a "
        "specificity of: %(shares)s."
    ) % {"shares": "; ".join(shares)}
    return (
        text + _tied(found, name),
        _("Quote the figures of the patients left out, and the interval of the cut-off with them."),
    )


def _tied(found: Found, name: Name) -> str:
    if not found["tied"]:
        return ""
    return " " + _("Other cut-offs do as well for %(markers)s.") % {
        "markers": listed([name(marker) for marker in found["tied"]])
    }


def _all_or_none(found: Found, name: Name) -> tuple[str, str]:
    shares = [
        _("%(share)s of %(marker)s, %(value)s %% (95 %% CI %(limits)s)")
        % {
            "share": SHARES[share["share"]],
            "marker": name(share["marker"]),
            "value": percent(share["value"]),
            "limits": _limits(share["limits"]),
        }
        for share in found["shares"]
    ]
    return (
        _("No patient was classified otherwise: %(shares)s.") % {"shares": "; ".join(shares)},
        _("None among these patients is not never: quote it with its interval."),
    )


def _limits(limits: list[float] | None) -> str:
    if limits is None:
        return MISSING
    return interval(limits[0] * 100, limits[1] * 100, 1)


def _added_value(found: Found, name: Name) -> tuple[str, str]:
    gains = [
        _("%(marker)s %(gain)s more than %(best)s")
        % {"marker": name(gain["marker"]), "gain": number(gain["gain"], 3), "best": name(gain["best"])}
        for gain in found["gains"]
    ]
    return (
        _("A combination cannot have much less area than what it holds: %(gains)s, on the same patients.")
        % {"gains": "; ".join(gains)},
        _("Whether a marker adds anything is for a likelihood-ratio test, not DeLong's on nested models."),
    )


def _reclassified(found: Found, name: Name) -> tuple[str, str]:
    tested = [f"{name(model['name'])} ({named_p(model['p_value'])})" for model in found["models"]]
    return (
        _(
            "Reclassification (NRI) and the improvement of discrimination (IDI) can look better than nothing "
            "for a marker of pure noise, and for risks that are wrong."
        ),
        _("Whether the markers add anything is for the likelihood-ratio test: %(tested)s.")
        % {"tested": listed(tested)},
    )


def _too_extreme(found: Found, name: Name) -> tuple[str, str]:
    named = listed([f"{name(model)} ({number(slope)})" for model, slope in found["slopes"].items()])
    return (
        _("In other patients the predicted risks would be too extreme; slope to expect: %(named)s.")
        % {"named": named},
        _("Shrink the coefficients or use fewer covariates before a risk is told to anyone."),
    )


def _uncalibrated(found: Found, name: Name) -> tuple[str, str]:
    text = _("An area says how well a risk ranks patients, not whether the risk is right: %(markers)s.") % {
        "markers": listed([name(marker) for marker in found["markers"]])
    }
    if found["question"] is None:
        return text, _("Ask for its calibration before a risk is told to anyone.")
    return text, _("Its calibration is answered by the question “%(question)s”.") % {
        "question": name(found["question"])
    }


def _unequal_areas(found: Found, name: Name) -> tuple[str, str]:
    named = [_unequal(subgroup, name) for subgroup in found["subgroups"]]
    text = _("The area is not the same in all patients: %(named)s.") % {"named": "; ".join(named)}
    if found["tests"] > 1:
        text += " " + _(
            "Of the %(tests)s comparisons made, one in twenty falls below 0.05 by chance alone."
        ) % {"tests": found["tests"]}
    return (
        text,
        _("Quote it for each part; one cut-off does not serve both alike."),
    )


def _unequal(subgroup: Found, name: Name) -> str:
    told = {
        "marker": name(subgroup["marker"]),
        "variable": name(subgroup["variable"]),
        "p": named_p(subgroup["p_value"]),
    }
    if "within" not in subgroup:
        return _("%(marker)s from site to site (%(p)s)") % told
    areas = [
        f"{name(level_code(subgroup['variable'], level['level']))} {number(level['auc'], 3)}"
        for level in subgroup["within"]
        if level["auc"] is not None
    ]
    if not areas:
        return _("%(marker)s by %(variable)s (%(p)s)") % told
    return _("%(marker)s by %(variable)s: %(areas)s (%(p)s)") % (told | {"areas": listed(areas)})


WORDING: Wordings = {
    ("G10", None): _below_operating_point,
    ("G11", None): _direction,
    ("G12", None): _in_sample,
    ("G13", "untried"): _data_driven,
    ("G13", "left_out"): _left_out,
    ("G14", None): _all_or_none,
    ("G15", "area"): _added_value,
    ("G15", "reclassification"): _reclassified,
    ("G16", "ranking"): _uncalibrated,
    ("G16", "slope"): _too_extreme,
    ("G31", None): _unequal_areas,
}
