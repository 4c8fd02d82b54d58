"""Recording lab draws and correcting their results."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry.actions.change import change
from registry.actions.dates import check_moment
from registry.actions.patients import locked
from registry.actions.refusals import Refusals, require_known, require_reason
from registry.actions.writing import check_fields, insert, update
from registry.dictionary.rules import AnalyteRule, rule_of, rules
from registry.dictionary.validation import ReadResult, read_result, soft_limit_question
from registry.models import LabDraw, LabResult, Patient, User
from registry.permissions import Permission, require

FIELDS = (
    "occurred_on",
    "occurred_months",
    "occurred_time",
    "dialysis",
    "interdialytic_gap",
    "is_fasting",
    "is_haemolysed",
    "laboratory",
)
# A person at these doors can answer; what comes by file is kept and flagged for someone to look at.
DOORS_THAT_ASK = ("form", "api")


def record_lab_draw(
    *,
    by: User | None,
    patient: Patient,
    results: Sequence[Mapping[str, Any]],
    confirmed: bool | Collection[str] = False,
    door: str = "form",
    **fields: Any,
) -> LabDraw:
    """Record one draw with its results: each {"analyte", "value", "unit"}, as reported.

    `confirmed` keeps values outside their soft limits: all of them, or those of the analytes named.
    """
    require(by, Permission.RECORD_WRITE, site=patient.site)
    require_known(fields, FIELDS)
    with change(by=by, door=door, cohort=patient.cohort):
        patient = locked(patient)
        draw = LabDraw(patient=patient, **fields)
        refusals = Refusals()
        _check_draw(draw, refusals)
        kept = _read_results(draw, results, confirmed, door, refusals)
        refusals.raise_any()
        insert(draw)
        LabResult.objects.bulk_create(kept)
    return draw


def correct_lab_draw(
    *, by: User | None, draw: LabDraw, reason: str, door: str = "form", **changes: Any
) -> LabDraw:
    """Correct when and how a draw was taken, saying why."""
    require(by, Permission.RECORD_WRITE, site=draw.patient.site)
    require_reason(reason)
    require_known(changes, FIELDS)
    with change(by=by, door=door, reason=reason, cohort=draw.patient.cohort):
        patient = locked(draw.patient)
        draw = LabDraw.objects.select_for_update().get(pk=draw.pk)
        draw.patient = patient
        for name, value in changes.items():
            setattr(draw, name, value)
        refusals = Refusals()
        _check_draw(draw, refusals)
        refusals.raise_any()
        update(draw)
    return draw


def remove_lab_draw(*, by: User | None, draw: LabDraw, reason: str, door: str = "form") -> None:
    """Take out a draw that was never this patient's; the audit trail keeps it."""
    require(by, Permission.RECORD_WRITE, site=draw.patient.site)
    require_reason(reason)
    with change(by=by, door=door, reason=reason, cohort=draw.patient.cohort):
        locked(draw.patient)
        draw.delete()


def correct_lab_result(
    *,
    by: User | None,
    result: LabResult,
    value: object,
    unit: str,
    reason: str,
    confirmed: bool = False,
    door: str = "form",
) -> LabResult:
    """Correct a reported value or its unit, or confirm a flagged one as it stands, saying why."""
    patient = result.draw.patient
    require(by, Permission.RECORD_WRITE, site=patient.site)
    require_reason(reason)
    with change(by=by, door=door, reason=reason, cohort=patient.cohort):
        patient = locked(patient)
        result = LabResult.objects.select_for_update(of=("self",)).select_related("analyte").get(pk=result.pk)
        refusals = Refusals()
        is_kept = confirmed or door not in DOORS_THAT_ASK
        read = _read(rule_of(result.analyte), value, unit, patient, is_kept, refusals)
        refusals.raise_any()
        if read is not None:
            _fill(result, read, confirmed)
        update(result)
    return result


def _check_draw(draw: LabDraw, refusals: Refusals) -> None:
    check_fields(draw, refusals)
    if refusals.by_field:
        return
    check_moment(draw.patient, refusals, occurred_on=draw.occurred_on, occurred_months=draw.occurred_months)
    of_dialysis = (LabDraw.Dialysis.PRE, LabDraw.Dialysis.POST)
    if draw.dialysis in of_dialysis and not draw.patient.group.on_dialysis:
        refusals.add(
            "dialysis",
            _("“%(value)s”: the group “%(group)s” is not on dialysis. Choose “Not on dialysis”."),
            "not_allowed",
            value=draw.get_dialysis_display(),
            group=draw.patient.group.name,
        )


def _read_results(
    draw: LabDraw,
    results: Sequence[Mapping[str, Any]],
    confirmed: bool | Collection[str],
    door: str,
    refusals: Refusals,
) -> list[LabResult]:
    if not results:
        refusals.add("results", _("The draw has no result. Enter one value at least."), "required")
    by_code = rules()
    kept: dict[str, LabResult] = {}
    for entry in results:
        require_known(entry, ("analyte", "value", "unit"))
        code = str(entry.get("analyte", ""))
        field = f"results.{code}"
        if code in kept:
            refusals.add(
                field, _("“%(value)s” stands twice in this draw. Keep one value."), "duplicate", value=code
            )
            continue
        rule = _enterable(code, field, by_code, draw.patient, refusals)
        if rule is None:
            continue
        is_confirmed = confirmed if isinstance(confirmed, bool) else code in confirmed
        is_kept = is_confirmed or door not in DOORS_THAT_ASK
        read = _read(rule, entry.get("value"), str(entry.get("unit", "")), draw.patient, is_kept, refusals)
        if read is not None:
            kept[code] = _fill(LabResult(draw=draw, analyte_id=code), read, is_confirmed)
    return list(kept.values())


def typed_rule(
    code: str, field: str, by_code: Mapping[str, AnalyteRule], refusals: Refusals
) -> AnalyteRule | None:
    """The rule of an analyte that is in the dictionary and not computed from others."""
    rule = by_code.get(code)
    if rule is None:
        near = get_close_matches(code, by_code, n=3)
        refusals.add(
            field,
            _("The dictionary has no analyte “%(value)s”.%(hint)s"),
            "unknown",
            value=code,
            hint=" " + _("Perhaps: %(near)s.") % {"near": ", ".join(near)} if near else "",
        )
    elif rule.is_derived:
        refusals.add(
            field,
            _("%(value)s is computed from its inputs and never typed. Enter those instead."),
            "not_allowed",
            value=rule.name,
        )
    else:
        return rule
    return None


def _enterable(
    code: str, field: str, by_code: Mapping[str, AnalyteRule], patient: Patient, refusals: Refusals
) -> AnalyteRule | None:
    rule = typed_rule(code, field, by_code, refusals)
    if rule is not None and rule.dialysis_only and not patient.group.on_dialysis:
        refusals.add(
            field,
            _("%(value)s is of dialysis patients; the group “%(group)s” is not on dialysis. Leave it out."),
            "not_allowed",
            value=rule.name,
            group=patient.group.name,
        )
        return None
    return rule


def _read(
    rule: AnalyteRule, value: object, unit: str, patient: Patient, is_kept: bool, refusals: Refusals
) -> ReadResult | None:
    field, limits = f"results.{rule.code}", patient.group.limits
    try:
        read = read_result(rule, value, unit, limits)
    except ValidationError as error:
        refusals.take(field, error)
        return None
    if read.soft_limit_breached and not is_kept:
        refusals.take(field, soft_limit_question(rule, read, limits))
        return None
    return read


def _fill(result: LabResult, read: ReadResult, is_confirmed: bool) -> LabResult:
    result.value = read.value.quantize(Decimal("1e-12"))
    result.comparator = read.comparator
    result.reported_value = read.reported_value
    result.reported_unit = read.reported_unit
    result.is_flagged = read.soft_limit_breached
    result.is_confirmed = read.soft_limit_breached and is_confirmed
    return result
