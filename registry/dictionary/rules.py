"""The dictionary as plain data, read once for many values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from registry.models import Analyte


@dataclass(frozen=True)
class Conversion:
    """Value in the analyte's unit = reported * factor + offset."""

    factor: Decimal
    offset: Decimal = Decimal(0)


@dataclass(frozen=True)
class AnalyteRule:
    """What decides whether a reported value can be this analyte."""

    code: str
    name: str
    unit: str
    decimals: int
    hard_min: Decimal
    hard_max: Decimal
    conversions: Mapping[str, Conversion]
    soft_limits: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    is_derived: bool = False
    dialysis_only: bool = False

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit a value may be reported in, the analyte's own first."""
        return tuple(self.conversions)

    def unit_meant(self, text: str) -> str | None:
        """The dictionary's spelling of a unit, whose case or micro sign was typed otherwise."""
        typed = text.strip().replace("µ", "u").replace("μ", "u").replace(" ", "")
        if typed in self.conversions:
            return typed
        if typed == "" and self.unit == "1":
            return self.unit
        alike = [unit for unit in self.conversions if unit.casefold() == typed.casefold()]
        return alike[0] if len(alike) == 1 else None


def rules() -> dict[str, AnalyteRule]:
    """Every analyte's rule by its code, in three queries."""
    return {
        analyte.code: rule_of(analyte)
        for analyte in Analyte.objects.prefetch_related("other_units", "soft_limits")
    }


def rule_of(analyte: Analyte) -> AnalyteRule:
    """The rule of one analyte with its units and soft limits."""
    return AnalyteRule(
        code=analyte.code,
        name=analyte.name,
        unit=analyte.unit,
        decimals=analyte.decimals,
        hard_min=analyte.hard_min,
        hard_max=analyte.hard_max,
        conversions={analyte.unit: Conversion(Decimal(1))}
        | {other.unit: Conversion(other.factor, other.offset) for other in analyte.other_units.all()},
        soft_limits={limits.limits: (limits.low, limits.high) for limits in analyte.soft_limits.all()},
        is_derived=analyte.is_derived,
        dialysis_only=analyte.dialysis_only,
    )
