"""Words for what guards found: what it is, and what to do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.presentation.reasons import because
from registry.presentation.rounding import number, p_value, percent

Name = Callable[[str], str]
Found = Mapping[str, Any]

SEVERITIES = {
    "note": gettext_lazy("Note"),
    "warn": gettext_lazy("Caution"),
    "block": gettext_lazy("Do not rely on this"),
}
ADJUSTMENTS = {
    "bh": gettext_lazy("Benjamini–Hochberg"),
    "by": gettext_lazy("Benjamini–Yekutieli"),
    "holm": gettext_lazy("Holm"),
    "bonferroni": gettext_lazy("Bonferroni"),
}


@dataclass(frozen=True)
class Remark:
    """One guard in words."""

    code: str
    severity: str
    label: str
    text: str
    advice: str
    source: str


def remark(guard: Mapping[str, Any], name: Name) -> Remark:
    """A guard in the reader's language; `name` gives a variable's, a model's or a pair's name."""
    wording = WORDING[guard["code"]]
    text, advice = wording(guard["found"], name)
    severity = guard["severity"]
    return Remark(guard["code"], severity, str(SEVERITIES[severity]), text, advice, guard["source"])


def _time_ignored(found: Found, name: Name) -> tuple[str, str]:
    text = _(
        "The outcome accrues over follow-up, but time, loss and competing events are left out of account."
    )
    if found.get("question") is None:
        return text, _(
            "Read it as the association with having died by now; how soon is for a survival analysis."
        )
    return text, _(
        "Read it as the association with having died by now; how soon is for the question %(question)s."
    ) % {"question": found["question"]}


def _competing_events(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(
        _("%(outcome)s: %(competing)s competing events beside %(events)s")
        % {
            "outcome": name(outcome["outcome"]),
            "competing": _counted(outcome["n_competing"]),
            "events": _counted(outcome["n_events"]),
        }
        for outcome in found["outcomes"]
    )
    return (
        _(
            "One minus Kaplan–Meier would count patients who had a competing event as if they could still "
            "have the outcome, and be too high (%(named)s)."
        )
        % {"named": named},
        _("It is not computed; the cumulative incidence (Aalen–Johansen) is shown in its place."),
    )


def _not_proportional(found: Found, name: Name) -> tuple[str, str]:
    text = _("In the model “%(model)s” the hazard ratios do not stay the same over time (%(p)s).") % {
        "model": name(found["model"]),
        "p": _p(found["p_value"]),
    }
    if found["terms"]:
        text += " " + _("They change for %(terms)s.") % {
            "terms": _listed([f"{name(term)} ({_p(p)})" for term, p in found["terms"].items()])
        }
    return text, _(
        "One hazard ratio is then an average over the follow-up; compare the event-free months instead."
    )


def _pooled(found: Found, name: Name) -> tuple[str, str]:
    text = _("Groups that differ by design are pooled.")
    changed, reversed_ = found["changed"], found["sign_changes"]
    if changed:
        text += " " + ngettext(
            "Given the group, %(n)s of %(pairs)s correlation changes its sign, its size by more than 0.10, "
            "or whether P is below 0.05: %(named)s.",
            "Given the group, %(n)s of %(pairs)s correlations change their sign, their size by more than "
            "0.10, or whether P is below 0.05: %(named)s.",
            len(changed),
        ) % {"n": len(changed), "pairs": found["pairs"], "named": _pairs(changed, name)}
    if reversed_:
        text += " " + _("Within a group the sign is the opposite: %(named)s.") % {
            "named": _pairs(reversed_, name)
        }
    return text, _(
        "Read the correlations within each group; the pooled ones mostly mirror the groups' difference."
    )


def _derived(found: Found, name: Name) -> tuple[str, str]:
    if found["place"] == "correlation":
        return (
            _("A quantity is correlated with one it is computed from: %(named)s.")
            % {"named": _pairs(found["pairs"], name)},
            _("Such a correlation is there by construction; its P says nothing."),
        )
    parents = _listed([name(parent) for parent in found["parents"]])
    return (
        _("The model “%(model)s” holds %(variable)s beside %(parents)s, from which it is computed.")
        % {"model": name(found["model"]), "variable": name(found["variable"]), "parents": parents},
        _("Their ratios cannot be read one by one: use the model without it."),
    )


def _collinear(found: Found, name: Name) -> tuple[str, str]:
    factors = sorted(found["vif"].items(), key=lambda entry: -entry[1])
    named = _listed([f"{name(variable)} ({number(vif, 1)})" for variable, vif in factors])
    return (
        _("In the model “%(model)s” covariates determine one another; variance inflation: %(named)s.")
        % {"model": name(found["model"]), "named": named},
        _("Drop or combine one of them; above 10 the estimates are not to be relied on."),
    )


def _events_per_variable(found: Found, name: Name) -> tuple[str, str]:
    return (
        _(
            "There are %(number)s events (or non-events) for each coefficient in the model “%(model)s”; "
            "ten are the usual minimum."
        )
        % {"number": number(found["events_per_variable"], 1), "model": name(found["model"])},
        _("Expect ratios that are too extreme; use fewer covariates or wait for more events."),
    )


def _separated(found: Found, name: Name) -> tuple[str, str]:
    return (
        _(
            "In the model “%(model)s” some patients are predicted perfectly by %(terms)s, so the odds "
            "ratio has no finite estimate."
        )
        % {"model": name(found["model"]), "terms": _listed([name(term) for term in found["terms"]])},
        _("Leave the covariate out or use a penalised estimate."),
    )


def _below_operating_point(found: Found, name: Name) -> tuple[str, str]:
    return (
        _(
            "The area is smaller than its own cut-off attains for %(markers)s: the risk does not rise evenly "
            "with the marker."
        )
        % {"markers": _listed([name(marker) for marker in found["markers"]])},
        _("Look at the shape of the relation before a straight line or one cut-off is used."),
    )


def _direction(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("The data would now turn the direction of %(marker)s, which was decided at the first run and kept.")
        % {"marker": name(found["marker"])},
        _("An area near or below 0.5 means that the marker does not tell the patients apart."),
    )


def _in_sample(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("The combination is judged on the same patients it was fitted to."),
        _("Its area is too good; external validation: none."),
    )


def _data_driven(found: Found, name: Name) -> tuple[str, str]:
    text = _("The cut-offs were chosen on the data they are judged on.")
    if found["tied"]:
        text += " " + _("Other cut-offs do as well for %(markers)s.") % {
            "markers": _listed([name(marker) for marker in found["tied"]])
        }
    return text, _(
        "Sensitivity and specificity are too good, and the cut-off will move as patients are added."
    )


def _case_control(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("How many patients and controls there are was set by the design."),
        _("No prevalence, absolute risk or predictive value can be read from it."),
    )


def _many_tests(found: Found, name: Name) -> tuple[str, str]:
    text = ngettext("%(n)s test is made here.", "%(n)s tests are made here.", found["tests"]) % {
        "n": found["tests"]
    }
    if found["method"] not in ADJUSTMENTS:
        return text, _("P is not adjusted; one in twenty falls below 0.05 by chance alone.")
    return text, _("P is shown as computed and adjusted over all of them by %(method)s.") % {
        "method": ADJUSTMENTS[found["method"]]
    }


def _repeated_looks(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("This question has been asked of %(looks)s successive states of the data.")
        % {"looks": found["looks"]},
        _(
            "P describes the data of today. Looking so often, at least %(percent)s %% of questions without "
            "any effect show P below 0.05 at some time; a confirmatory test declares its looks beforehand."
        )
        % {"percent": percent(found["false_alarm"])},
    )


def _missing(found: Found, name: Name) -> tuple[str, str]:
    worst = sorted(found["lost"].items(), key=lambda entry: -_lost(entry[1]))
    named = _listed([f"{name(code)} ({percent(_lost(lost))}\u00a0%)" for code, lost in worst[:6]])
    return (
        _("More than 5 %% of the patients lack a value and were left out: %(named)s.") % {"named": named},
        _("If values are missing for a reason that matters to the outcome, the result is off."),
    )


def _sparse(found: Found, name: Name) -> tuple[str, str]:
    return (
        _("Fewer than five patients are expected in a cell: %(named)s.")
        % {"named": _listed([name(variable) for variable in found["variables"]])},
        _("Fisher's exact test is the one shown."),
    )


def _not_estimable(found: Found, name: Name) -> tuple[str, str]:
    named = "; ".join(f"{name(code)}: {because(reason)}" for code, reason in found["refused"].items())
    return _("Not estimable – %(named)s.") % {"named": named}, ""


WORDING: dict[str, Callable[[Found, Name], tuple[str, str]]] = {
    "G1": _time_ignored,
    "G2": _competing_events,
    "G3": _pooled,
    "G4": _derived,
    "G5": _collinear,
    "G6": _events_per_variable,
    "G7": _separated,
    "G10": _below_operating_point,
    "G11": _direction,
    "G12": _in_sample,
    "G13": _data_driven,
    "G17": _case_control,
    "G19": _many_tests,
    "G20": _repeated_looks,
    "G22": _missing,
    "G23": _not_proportional,
    "G25": _sparse,
    "G30": _not_estimable,
}


def _pairs(pairs: list[dict[str, str]], name: Name) -> str:
    named = [f"{name(pair['x'])} – {name(pair['y'])}" for pair in pairs[:6]]
    more = len(pairs) - len(named)
    if more > 0:
        named.append(ngettext("%(n)s more", "%(n)s more", more) % {"n": more})
    return _listed(named)


def _counted(n: int | None) -> str:
    return "–" if n is None else str(n)


def _p(value: float | None) -> str:
    shown = p_value(value)
    return f"P\u00a0{shown}" if shown[0] in "<>" else f"P\u00a0=\u00a0{shown}"


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _lost(counts: Mapping[str, int | None]) -> float:
    """The share of patients without a value; 0 where the count is withheld."""
    n, n_missing = counts["n"] or 0, counts["n_missing"] or 0
    return n_missing / (n + n_missing) if n + n_missing else 0.0
