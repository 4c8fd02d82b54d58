"""Adding analytes to the dictionary and changing them: a data manager's work, without a programmer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.change import change
from registry.actions.refusals import refuse, require_known, require_reason
from registry.actions.writing import insert, update
from registry.models import Analyte, AnalyteSoftLimits, AnalyteUnit, CohortGroup, User
from registry.permissions import Permission, require

FIELDS = (
    "name",
    "short_name",
    "category",
    "decimals",
    "loinc",
    "reference_low",
    "reference_high",
    "reference_note",
    "hard_min",
    "hard_max",
    "is_right_skewed",
    "within_person_cv_percent",
    "timing",
    "dialysis_only",
    "unit_trap",
    "source",
    "position",
)
Conversions = Mapping[str, tuple[Decimal, Decimal] | Decimal]
SoftLimits = Mapping[str, tuple[Decimal, Decimal]]


def add_analyte(
    *,
    by: User | None,
    code: str,
    unit: str,
    other_units: Conversions | None = None,
    soft_limits: SoftLimits | None = None,
    door: str = "form",
    **fields: Any,
) -> Analyte:
    """Add a measured analyte.

    Other units are {unit: factor or (factor, offset)}, soft limits {kind of group: (low, high)}.
    """
    require(by, Permission.DICTIONARY_WRITE)
    require_known(fields, FIELDS)
    with change(by=by, door=door):
        analyte = Analyte(code=code, unit=unit, **fields)
        insert(analyte)
        _set_units(analyte, other_units or {})
        _set_soft_limits(analyte, soft_limits or {})
    return analyte


def change_analyte(
    *,
    by: User | None,
    analyte: Analyte,
    reason: str,
    other_units: Conversions | None = None,
    soft_limits: SoftLimits | None = None,
    door: str = "form",
    **changes: Any,
) -> Analyte:
    """Change an analyte, saying why; its code and unit stay, because stored values are in that unit."""
    require(by, Permission.DICTIONARY_WRITE)
    require_reason(reason)
    require_known(changes, FIELDS)
    with change(by=by, door=door, reason=reason):
        analyte = Analyte.objects.select_for_update().get(pk=analyte.pk)
        for name, value in changes.items():
            setattr(analyte, name, value)
        update(analyte)
        if other_units is not None:
            analyte.other_units.exclude(unit__in=other_units).delete()
            _set_units(analyte, other_units)
        if soft_limits is not None:
            analyte.soft_limits.exclude(limits__in=soft_limits).delete()
            _set_soft_limits(analyte, soft_limits)
    return analyte


def _set_units(analyte: Analyte, conversions: Conversions) -> None:
    for unit, conversion in conversions.items():
        if unit == analyte.unit:
            refuse(
                "other_units",
                _("“%(value)s” is the analyte's own unit. Leave it out."),
                "duplicate",
                value=unit,
            )
        factor, offset = conversion if isinstance(conversion, tuple) else (conversion, Decimal(0))
        row = analyte.other_units.filter(unit=unit).first() or AnalyteUnit(analyte=analyte, unit=unit)
        row.factor, row.offset = factor, offset
        update(row)


def _set_soft_limits(analyte: Analyte, soft_limits: SoftLimits) -> None:
    for limits, (low, high) in soft_limits.items():
        if limits not in CohortGroup.Limits.values:
            refuse(
                "soft_limits",
                _("“%(value)s” is not a kind of group. Those are: %(allowed)s."),
                "unknown",
                value=limits,
                allowed=", ".join(CohortGroup.Limits.values),
            )
        row = analyte.soft_limits.filter(limits=limits).first() or AnalyteSoftLimits(
            analyte=analyte, limits=limits
        )
        row.low, row.high = low, high
        update(row)
