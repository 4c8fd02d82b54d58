"""How far two readings of a patient lie apart, over the size of what they read (Bland and Altman's plot)."""

from typing import Any

from analytics.figures.figure import Figure, Table
from analytics.figures.words import Words, inside
from registry.presentation.rounding import count, interval, number
from registry.presentation.svg import Drawing, LinearScale, text_width

LEFT, TOP, WIDTH, HEIGHT = 64.0, 40.0, 460.0, 320.0
SMALLEST, LARGEST = 2.5, 12.0
"""Radius of a point that stands for one patient, and of the largest."""

Limits = dict[str, Any]


def draw_agreement(payload: dict[str, Any], words: Words) -> list[Figure]:
    """One plot of the score; without its points where they would tell single patients."""
    [total] = payload["outcomes"]
    return [_plot(payload, total["limits"], words)]


def _plot(payload: dict[str, Any], limits: Limits, words: Words) -> Figure:
    gettext, score = words.gettext, inside(words.name(payload["score"]))
    title = gettext("Difference of two readings: %(score)s") % {"score": score}
    lines = _lines(limits, words)
    beside = max((text_width(text, 12) for _value, text in lines), default=0.0)
    drawing = Drawing(
        "bland-altman",
        width=LEFT + WIDTH + 24 + beside,
        height=TOP + HEIGHT + 56,
        title=title,
        description=_described(limits, words),
    )
    drawing.text(0, 18, title, "fig-label fig-strong")
    points = [
        ((said["first"] + said["second"]) / 2, said["first"] - said["second"], said["n"])
        for said in payload["patterns"]
    ]
    across, up = _scales(points, limits)
    _frame(drawing, across, up, words.unit(payload["score"]), words)
    for name in ("lower", "upper", "bias"):
        if limits[name] is not None:
            low, high = up(limits[f"{name}_low"]), up(limits[f"{name}_high"])
            drawing.rectangle(across.start, high, across.end - across.start, low - high, "fig-band")
    drawing.line(across.start, up(0), across.end, up(0), "fig-ref")
    largest = max((n for _mean, _difference, n in points), default=1)
    for mean, difference, n in points:
        radius = SMALLEST + (LARGEST - SMALLEST) * ((n - 1) / max(largest - 1, 1)) ** 0.5
        drawing.circle(across(mean), up(difference), radius, "fig-series-1")
    for value, text in lines:
        drawing.line(across.start, up(value), across.end, up(value), "fig-line-2")
        drawing.text(across.end + 10, up(value) + 4, text, "fig-small")
    if not points:
        missing = gettext("Not drawn: single patients are withheld, or there are none.")
        drawing.text(across.start + 12, TOP + 16, missing, "fig-small fig-muted")
    return Figure(drawing.name, title, str(drawing), _table(title, payload, limits, words))


def _lines(limits: Limits, words: Words) -> list[tuple[float, str]]:
    gettext = words.gettext
    named = {
        "upper": gettext("upper limit %(value)s"),
        "bias": gettext("mean %(value)s"),
        "lower": gettext("lower limit %(value)s"),
    }
    return [
        (limits[name], text % {"value": number(limits[name], 1)})
        for name, text in named.items()
        if limits[name] is not None
    ]


def _scales(points: list[tuple[float, float, int]], limits: Limits) -> tuple[LinearScale, LinearScale]:
    """Axes that hold every point and the intervals of the limits; the difference as far down as up."""
    ends = [limits[end] for end in ("lower_low", "upper_high") if limits[end] is not None]
    reach = max([abs(difference) for _mean, difference, _n in points] + [abs(end) for end in ends] + [1.0])
    highest = max([mean for mean, _difference, _n in points] + [1.0])
    lowest = min([mean for mean, _difference, _n in points] + [0.0])
    across = LinearScale(lowest - 0.04 * highest, highest * 1.04, LEFT, LEFT + WIDTH)
    return across, LinearScale(-1.08 * reach, 1.08 * reach, TOP + HEIGHT, TOP)


def _frame(drawing: Drawing, across: LinearScale, up: LinearScale, unit: str, words: Words) -> None:
    for tick in up.ticks(6):
        drawing.line(across.start, up(tick), across.end, up(tick), "fig-grid")
        shown = f"{tick:.3g}".replace("-", "\u2212")
        drawing.text(across.start - 8, up(tick) + 4, shown, "fig-small fig-muted", anchor="end")
    bottom = TOP + HEIGHT
    drawing.line(across.start, bottom, across.end, bottom, "fig-axis")
    for tick in across.ticks():
        drawing.line(across(tick), bottom, across(tick), bottom + 5, "fig-axis")
        drawing.text(across(tick), bottom + 19, f"{tick:.3g}", "fig-small fig-muted", anchor="middle")
    middle = (across.start + across.end) / 2
    mean = _in(unit, words.gettext("Mean of the two readings"))
    drawing.text(middle, bottom + 40, mean, "fig-small fig-muted", anchor="middle")
    difference = _in(unit, words.gettext("First reader less second"))
    drawing.text(14, TOP + HEIGHT / 2, difference, "fig-small fig-muted", anchor="middle", rotate=-90)


def _in(unit: str, name: str) -> str:
    return f"{name}, {unit}" if unit else name


def _described(limits: Limits, words: Words) -> str:
    if limits["bias"] is None:
        return words.gettext("The difference of the readings is not estimable or withheld.")
    return words.gettext("Mean difference %(bias)s, limits of agreement %(limits)s.") % {
        "bias": number(limits["bias"], 2),
        "limits": interval(limits["lower"], limits["upper"], 2),
    }


def _table(title: str, payload: dict[str, Any], limits: Limits, words: Words) -> Table:
    gettext = words.gettext
    lines = {
        "upper": gettext("Upper limit of agreement"),
        "bias": gettext("Mean difference"),
        "lower": gettext("Lower limit of agreement"),
    }
    rows = [
        (
            text,
            number(limits[name], 3),
            interval(limits[f"{name}_low"], limits[f"{name}_high"], 3),
            count(limits["n"]),
        )
        for name, text in lines.items()
    ]
    rows += [
        (
            gettext("First reader %(first)s, second %(second)s")
            % {"first": f"{said['first']:g}", "second": f"{said['second']:g}"},
            number(said["first"] - said["second"], 0),
            "",
            str(said["n"]),
        )
        for said in payload["patterns"]
    ]
    columns = (gettext("Reading"), gettext("Difference"), gettext("95 % CI"), gettext("Patients"))
    return Table.plain(title, columns, rows)
