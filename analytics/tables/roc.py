"""Areas and operating points, a line a curve."""

from analytics.figures.figure import Row, Table
from analytics.figures.words import Words
from analytics.tables.cells import NOT_COUNTED, Payload, count
from registry.presentation.rounding import interval, number, p_value


def tabulate_roc(payload: Payload, words: Words) -> list[Table]:
    gettext = words.gettext
    rows = [Row(_curve(curve, words)) for curve in payload["curves"]]
    columns = (
        gettext("Marker"),
        "n",
        gettext("Events"),
        gettext("AUC (95\u00a0%\u00a0CI)"),
        gettext("Cut-off"),
        gettext("Sensitivity, % (95\u00a0%\u00a0CI)"),
        gettext("Specificity, % (95\u00a0%\u00a0CI)"),
        "TP\u00a0/\u00a0FN",
        "FP\u00a0/\u00a0TN",
    )
    note = gettext(
        "DeLong interval of the area; cut-off by Youden's index; exact intervals of sensitivity and "
        "specificity, the cut-off taken as given. TP, FN: with the event, positive and negative; "
        "FP, TN: without."
    )
    main = Table(gettext("Areas and operating points"), columns, tuple(rows), note)
    return [main, *_subgroups(payload, words)]


def _subgroups(payload: Payload, words: Words) -> list[Table]:
    """The areas within levels of the variables that the plan names, a table a variable."""
    lines: dict[str, list[Row]] = {}
    for curve in payload["curves"]:
        for subgroup in curve.get("subgroups", ()):
            rows = lines.setdefault(subgroup["variable"], [])
            rows.append(Row((words.curve(curve), "", "", "", p_value(subgroup["p_value"]))))
            for within in subgroup["within"]:
                level = words.level(subgroup["variable"], within["level"])
                rows.append(
                    Row((level, count(within["n"]), count(within["n_events"]), _area(within), ""), "sub")
                )
    gettext = words.gettext
    columns = (gettext("Marker"), "n", gettext("Events"), gettext("AUC (95\u00a0%\u00a0CI)"), "P")
    note = gettext("P: unpaired DeLong test of two levels; the direction is that of all patients.")
    caption = gettext("Areas by %(variable)s")
    return [
        Table(caption % {"variable": words.inside(variable)}, columns, tuple(rows), note)
        for variable, rows in lines.items()
    ]


def _area(within: Payload) -> str:
    if within["auc"] is None:
        return NOT_COUNTED
    return f"{number(within['auc'], 3)} ({interval(within['ci_low'], within['ci_high'], 3)})"


def _curve(curve: Payload, words: Words) -> tuple[str, ...]:
    head = (words.curve(curve), count(curve["n"]), count(curve["n_events"]))
    if curve["reason"] is not None:
        return (*head, *[NOT_COUNTED] * 6)
    sign = "≥" if curve["direction"] == "<" else "≤"
    cut_off = NOT_COUNTED
    if curve["threshold"] is not None:
        value = (
            number(curve["threshold"], 3)
            if "title" in curve
            else words.value(curve["marker"], curve["threshold"], finer=1)
        )
        cut_off = f"{sign} {value}"
    return (
        *head,
        f"{number(curve['auc'], 3)} ({interval(curve['ci_low'], curve['ci_high'], 3)})",
        cut_off,
        _proportion(curve["sensitivity"], curve["sensitivity_ci"]),
        _proportion(curve["specificity"], curve["specificity_ci"]),
        f"{count(curve['tp'])} / {count(curve['fn'])}",
        f"{count(curve['fp'])} / {count(curve['tn'])}",
    )


def _proportion(value: float | None, limits: list[float] | None) -> str:
    if value is None or limits is None:
        return NOT_COUNTED
    return f"{number(value * 100, 1)} ({interval(limits[0] * 100, limits[1] * 100, 1)})"
