"""Everything known of one patient over time, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from django.forms.models import fields_for_model
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.models import Analyte, CalcificationReading, Contact, LabDraw, LabResult, OutcomeEvent, Patient
from registry.models.cohort import TimePoint
from registry.presentation.course import Point, TimeAxis, draw_course
from registry.presentation.rounding import number
from registry.presentation.units import unit_shown

DRAWS_IN_TABLE = 6
LETTERS = [*ascii_uppercase, *(f"A{letter}" for letter in ascii_uppercase)]


@dataclass(frozen=True)
class Cell:
    """One result in the table of draws."""

    pk: int
    shown: str
    reported: str
    reported_unit: str
    is_flagged: bool


@dataclass(frozen=True)
class Row:
    """One analyte in the table of draws."""

    analyte: Analyte
    cells: list[Cell | None]


@dataclass(frozen=True)
class Course:
    """What a patient's page shows."""

    summary: str
    facts: list[tuple[str, str]]
    figures: list[SafeString]
    draws: list[LabDraw]
    older_draws: list[LabDraw]
    table: list[Row]
    outcomes: list[tuple[str, OutcomeEvent]]
    readings: list[CalcificationReading]
    contacts: list[Contact]


def course_of(patient: Patient) -> Course:
    """Read the patient's draws, readings, outcomes and contacts, and draw them on one axis."""
    draws = list(patient.lab_draws.all())
    results = list(
        LabResult.objects.filter(draw__patient=patient)
        .select_related("analyte", "draw")
        .order_by(
            "analyte__position",
            "draw__occurred_on",
            "draw__occurred_months",
            "draw__occurred_time",
            "draw_id",
        )
    )
    readings = list(patient.calcification_readings.all())
    outcomes = list(patient.outcome_events.select_related("outcome_type"))
    contacts = list(patient.contacts.all())
    shown = draws[-DRAWS_IN_TABLE:]
    return Course(
        summary=_summary(draws, outcomes),
        facts=_facts(patient),
        figures=_figures(results, readings, outcomes),
        draws=shown,
        older_draws=draws[:-DRAWS_IN_TABLE],
        table=_table(results, shown),
        outcomes=list(zip(LETTERS, outcomes, strict=False)),
        readings=readings,
        contacts=contacts,
    )


def _summary(draws: list[LabDraw], outcomes: list[OutcomeEvent]) -> str:
    drawn = ngettext("%(n)s lab draw", "%(n)s lab draws", len(draws)) % {"n": len(draws)}
    ended = next((event for event in outcomes if event.is_terminal), None)
    if ended is None:
        return _("%(drawn)s; followed.") % {"drawn": drawn}
    return _("%(drawn)s; follow-up ended %(when)s: %(why)s.") % {
        "drawn": drawn,
        "when": ended.when,
        "why": ended.outcome_type.name,
    }


def _facts(patient: Patient) -> list[tuple[str, str]]:
    names = (
        "enrolled_on",
        "birth_year",
        "age_reported",
        "dialysis_started_on",
        "modality",
        "vascular_access",
        "diabetes",
        "hypertension",
        "smoking",
        "prior_cvd",
    )
    facts = []
    for name, asked in fields_for_model(Patient, names).items():
        value = getattr(patient, name)
        if value in (None, ""):
            continue
        worded = getattr(patient, f"get_{name}_display", None)
        facts.append((str(asked.label), str(worded() if worded else value)))
    return facts


def _at(point: TimePoint) -> float:
    """Place on the time axis: days of the calendar, or months since day 0."""
    if point.occurred_on is not None:
        return float(point.occurred_on.toordinal())
    return float(point.occurred_months or 0)


def _axis(points: Iterable[TimePoint]) -> TimeAxis:
    known = list(points)
    places = [_at(point) for point in known]
    low, high = min(places), max(places)
    if known[0].occurred_on is None:
        high = max(high, low + 12)
        step = max(12, round((high - low) / 4 / 12) * 12)
        ticks = [float(month) for month in range(int(low), int(high) + 1, step)]
        return TimeAxis(low, high, tuple((tick, _("%(n)s mo") % {"n": int(tick)}) for tick in ticks))
    low, high = low - 15, max(high, low + 180) + 15
    first, last = date.fromordinal(int(low)), date.fromordinal(int(high))
    months = (1,) if last.year - first.year > 1 else (1, 4, 7, 10)
    quarters = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in months]
    starts = [(float(day.toordinal()), f"{day:%Y}" if months == (1,) else f"{day:%Y-%m}") for day in quarters]
    return TimeAxis(low, high, tuple((at, label) for at, label in starts if low <= at <= high))


def _figures(
    results: list[LabResult], readings: list[CalcificationReading], outcomes: list[OutcomeEvent]
) -> list[SafeString]:
    scored = [reading for reading in readings if reading.aac24 is not None]
    if not results and not scored:
        return []
    axis = _axis([*(result.draw for result in results), *readings, *outcomes])
    events = [(_at(event), letter) for letter, event in zip(LETTERS, outcomes, strict=False)]
    by_analyte: dict[Analyte, list[LabResult]] = defaultdict(list)
    for result in results:
        by_analyte[result.analyte].append(result)
    figures = [
        _figure(
            f"course-{analyte.code}",
            _titled(analyte),
            [
                Point(_at(each.draw), float(each.value), _result_shown(each), bool(each.comparator))
                for each in found
            ],
            axis,
            (_edge(analyte.reference_low), _edge(analyte.reference_high)),
            events,
        )
        for analyte, found in by_analyte.items()
    ]
    if scored:
        points = [Point(_at(each), float(each.aac24 or 0), str(each.aac24)) for each in scored]
        figures.insert(
            0, _figure("course-aac24", _("AAC-24, points"), points, axis, (None, None), events, floor=0)
        )
    return figures


def _figure(
    name: str,
    title: str,
    points: list[Point],
    axis: TimeAxis,
    band: tuple[float | None, float | None],
    events: list[tuple[float, str]],
    floor: float | None = None,
) -> SafeString:
    description = ngettext(
        "%(n)s value, the last %(last)s.",
        "%(n)s values, the first %(first)s, the last %(last)s.",
        len(points),
    ) % {"n": len(points), "first": points[0].shown, "last": points[-1].shown}
    return mark_safe(  # noqa: S308 (the drawing escapes every text it is given)
        draw_course(
            name,
            title=title,
            description=description,
            points=points,
            axis=axis,
            band=band,
            events=events,
            floor=floor,
        )
    )


def _titled(analyte: Analyte) -> str:
    unit = unit_shown(analyte.unit)
    return f"{analyte.short_name}, {unit}" if unit else analyte.short_name


def _edge(limit: object) -> float | None:
    return None if limit is None else float(str(limit))


def _result_shown(result: LabResult) -> str:
    return f"{result.comparator}{number(result.value, result.analyte.decimals)}"


def _table(results: list[LabResult], shown: list[LabDraw]) -> list[Row]:
    by_analyte: dict[Analyte, dict[int, Cell]] = defaultdict(dict)
    places = {draw.pk for draw in shown}
    for result in results:
        if result.draw_id in places:
            by_analyte[result.analyte][result.draw_id] = Cell(
                pk=result.pk,
                shown=_result_shown(result),
                reported=result.reported_value,
                reported_unit=result.reported_unit,
                is_flagged=result.is_flagged and not result.is_confirmed,
            )
    return [Row(analyte, [cells.get(draw.pk) for draw in shown]) for analyte, cells in by_analyte.items()]
