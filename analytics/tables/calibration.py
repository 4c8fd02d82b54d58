"""How well risks are predicted, a column a model."""

from collections.abc import Callable

from analytics.figures.figure import Row, Table
from analytics.figures.logistic import said_of
from analytics.figures.words import Words, inside
from analytics.tables.cells import Payload
from registry.presentation.rounding import count, number, p_value, with_interval


def tabulate_calibration(payload: Payload, words: Words) -> list[Table]:
    """One table: the measures down, the models across."""
    gettext, models = words.gettext, payload["models"]
    measures: list[tuple[str, Callable[[Payload], str]]] = [
        (gettext("Patients"), lambda model: count(model["n"])),
        (gettext("Events"), lambda model: count(model["n_events"])),
        (gettext("AUC, same patients (95\u00a0%\u00a0CI)"), lambda model: _around(model, "auc", 3)),
        (gettext("AUC less optimism"), lambda model: number(model["auc_corrected"], 3)),
        (
            gettext("Slope, same patients (95\u00a0%\u00a0CI)"),
            lambda model: _around(model, "slope", 2),
        ),
        (gettext("Slope to expect elsewhere"), lambda model: number(model["slope_corrected"])),
        (
            gettext("Calibration in the large, same patients (95\u00a0%\u00a0CI)"),
            lambda model: _around(model, "intercept", 2),
        ),
        (gettext("Brier score"), lambda model: number(model["brier"], 3)),
        (gettext("Brier score, scaled"), lambda model: number(model["brier_scaled"], 3)),
        ("ICI", lambda model: number(model["ici"], 3)),
        ("E50", lambda model: number(model["e50"], 3)),
        ("E90", lambda model: number(model["e90"], 3)),
        (gettext("Hosmer–Lemeshow χ² (df), P"), _by_tenths),
    ]
    rows = tuple(Row((name, *(shown(model) for model in models))) for name, shown in measures)
    note = gettext(
        "In the patients a model was fitted to, its intercept is 0 and its slope 1 by construction. Optimism "
        "by %(resamples)s bootstrap resamples, seed %(seed)s. ICI, E50, E90: mean, median and 90th "
        "percentile of the distance between predicted risk and the loess curve. The Hosmer–Lemeshow test "
        "is no verdict: it depends on how patients are grouped and on how many there are, and a large P "
        "does not show that a model is well calibrated."
    ) % {"resamples": count(payload["resamples"]), "seed": count(payload["seed"])}
    for model in models:
        for said in said_of(model, words):
            note += f" {words.model(model)}: {inside(said)}."
    if any(model["reason"] is not None for model in models):
        note += " " + gettext("A column of dashes could not be estimated; the remarks say why.")
    columns = (gettext("Measure"), *(words.model(model) for model in models))
    return [Table(gettext("Performance of the models"), columns, rows, note)]


def _by_tenths(model: Payload) -> str:
    if model["hosmer_lemeshow"] is None:
        return number(None)
    found = f"{number(model['hosmer_lemeshow'])} ({count(model['hosmer_lemeshow_df'])})"
    return f"{found}, {p_value(model['hosmer_lemeshow_p'])}"


def _around(model: Payload, name: str, decimals: int) -> str:
    return with_interval(*(model[f"{name}{end}"] for end in ("", "_ci_low", "_ci_high")), decimals=decimals)
