"""Loads the shipped dictionary: shipped rows are brought up to date, rows added here are kept."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from registry.actions.change import change
from registry.dictionary.shipped import conversions, lines
from registry.models import Analyte, AnalyteSoftLimits, AnalyteUnit, CohortGroup, OutcomeType

REASON = "The dictionary shipped with Calcis"


def load_dictionary() -> dict[str, int]:
    """Bring the shipped rows in, and say how many of each kind; running it again changes nothing."""
    shipped = lines("analytes.csv")
    rows: dict[str, Sequence[Model]] = {
        "analytes": [_analyte(line, position) for position, line in enumerate(shipped, start=1)],
        "units": [unit for line in shipped for unit in _units(line)],
        "soft_limits": [limits for line in shipped for limits in _soft_limits(line)],
        "outcomes": [_outcome(line, n) for n, line in enumerate(lines("outcomes.csv"), start=1)],
    }
    with change(by=None, door="command", reason=REASON):
        _bring_in(Analyte, rows["analytes"], key=["code"])
        _bring_in(AnalyteUnit, rows["units"], key=["analyte", "unit"])
        _bring_in(AnalyteSoftLimits, rows["soft_limits"], key=["analyte", "limits"])
        _bring_in(OutcomeType, rows["outcomes"], key=["code"])
    return {kind: len(brought) for kind, brought in rows.items()}


def require_dictionary() -> None:
    """Refuse to go on without a dictionary, and say how one is loaded."""
    if not Analyte.objects.exists():
        raise ValidationError(
            _("The data dictionary is empty. `python3 manage.py load_dictionary` loads it."), code="empty"
        )


def _bring_in(model: type[Model], rows: Sequence[Model], *, key: list[str]) -> None:
    values = [f.name for f in model._meta.concrete_fields if not f.primary_key and f.name not in key]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=key, update_fields=values)


def _analyte(line: dict[str, str], position: int) -> Analyte:
    return Analyte(
        code=line["code"],
        name=line["name"],
        short_name=line["short_name"],
        category=line["category"],
        unit=line["unit"],
        decimals=int(line["decimals"]),
        loinc=line["loinc"],
        reference_low=_decimal(line["reference_low"]),
        reference_high=_decimal(line["reference_high"]),
        reference_note=line["reference_note"],
        hard_min=Decimal(line["hard_min"]),
        hard_max=Decimal(line["hard_max"]),
        is_right_skewed=line["is_right_skewed"] == "1",
        within_person_cv_percent=_decimal(line["within_person_cv_percent"]),
        derived_formula=line["derived_formula"],
        timing=line["timing"],
        dialysis_only=line["dialysis_only"] == "1",
        unit_trap=line["unit_trap"],
        source=line["source"],
        position=position,
    )


def _units(line: dict[str, str]) -> Iterator[AnalyteUnit]:
    for unit, factor, offset in conversions(line["other_units"]):
        yield AnalyteUnit(analyte_id=line["code"], unit=unit, factor=Decimal(factor), offset=Decimal(offset))


def _soft_limits(line: dict[str, str]) -> Iterator[AnalyteSoftLimits]:
    for limits in CohortGroup.Limits.values:
        low, high = line[f"soft_low_{limits}"], line[f"soft_high_{limits}"]
        if low and high:
            yield AnalyteSoftLimits(
                analyte_id=line["code"], limits=limits, low=Decimal(low), high=Decimal(high)
            )


def _outcome(line: dict[str, str], position: int) -> OutcomeType:
    return OutcomeType(
        code=line["code"],
        name=line["name"],
        is_terminal=line["is_terminal"] == "1",
        is_fatal=line["is_fatal"] == "1",
        part_in_cvd_death=line["part_in_cvd_death"],
        part_in_death=line["part_in_death"],
        definition=line["definition"],
        position=position,
    )


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
