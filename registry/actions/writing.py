"""Saving one row: its fields checked, and the database's own refusals put into words."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.refusals import Refusals, Text, refuse

CODES = {
    "blank": "required",
    "null": "required",
    "invalid_choice": "unknown",
    "unique": "duplicate",
    "min_value": "range",
    "max_value": "range",
}

# Django's own messages repeat the value; these follow it.
KINDS: tuple[tuple["type[models.Field[Any, Any]]", Text], ...] = (
    (models.DateField, _("“%(value)s” is not a day of the calendar. Write it as YYYY-MM-DD: 2024-02-29.")),
    (models.TimeField, _("“%(value)s” is not a time of day. Write it as HH:MM: 08:30.")),
    (models.IntegerField, _("“%(value)s” is not a whole number. Write it in digits alone.")),
    (models.DecimalField, _("“%(value)s” is not a number. Write it with a decimal point: 1.95.")),
    (models.BooleanField, _("“%(value)s” is neither true nor false. Choose one of them.")),
)

CONSTRAINTS: dict[str, tuple[str, str, Text]] = {
    "registry_user_username_key": (
        "username",
        "duplicate",
        _("The account “%(username)s” exists already. Choose another name."),
    ),
    "membership_once": ("role", "duplicate", _("The account holds this role already.")),
    "membership_site_for_coordinators_alone": (
        "site",
        "required",
        _("A coordinator's role is held at a site, the others' at none. Choose the site, or leave it empty."),
    ),
    "registry_site_code_key": (
        "code",
        "duplicate",
        _("The site code “%(code)s” is taken. Choose another."),
    ),
    "registry_cohort_slug_key": (
        "slug",
        "duplicate",
        _("A cohort is called “%(slug)s” already. Choose another short name."),
    ),
    "cohort_relative_time_has_day_zero": (
        "index_date",
        "date_order",
        _("A cohort in months since day 0 has day 0 as its index date, not “%(index_date)s”. Choose day 0."),
    ),
    "group_code_once_in_cohort": (
        "groups",
        "duplicate",
        _("The group code “%(code)s” stands twice. Give each group its own."),
    ),
    "registry_analyte_pkey": (
        "code",
        "duplicate",
        _("There is an analyte “%(code)s” already. Change that one, or choose another code."),
    ),
    "analyte_hard_limits_ordered": (
        "hard_min",
        "range",
        _("The lower limit %(hard_min)s is not below the upper limit %(hard_max)s. Correct one of them."),
    ),
    "analyte_unit_once": (
        "other_units",
        "duplicate",
        _("The unit “%(unit)s” stands twice. Name each unit once."),
    ),
    "analyte_unit_factor_positive": (
        "other_units",
        "range",
        _("The factor %(factor)s of “%(unit)s” is not above 0. Correct it."),
    ),
    "analyte_soft_limits_once": (
        "soft_limits",
        "duplicate",
        _("Soft limits stand twice for one kind of group. Name each kind once."),
    ),
    "analyte_soft_limits_ordered": (
        "soft_limits",
        "range",
        _("The lower limit %(low)s is not below the upper limit %(high)s. Correct one of them."),
    ),
    "patient_study_id_once_in_cohort": (
        "study_id",
        "duplicate",
        _("The study number “%(study_id)s” is taken in this cohort. Check it, or have one made."),
    ),
    "patient_source_id_once_in_cohort": (
        "source_id",
        "duplicate",
        _("The source's number “%(source_id)s” is in this cohort already. Check it."),
    ),
    "lab_draw_once": (
        "occurred_on",
        "duplicate",
        _(
            "There is a draw of this patient at this date and time, with the same relation to dialysis. "
            "Correct that one, or give this one its time of day."
        ),
    ),
    "lab_result_once_in_draw": (
        "results",
        "duplicate",
        _("The analyte “%(analyte_id)s” stands twice in this draw. Keep one value."),
    ),
    "outcome_one_terminal_status": (
        "outcome_type",
        "terminal",
        _("This patient's follow-up has ended already. Correct that event instead of adding another."),
    ),
}


def insert(row: models.Model) -> None:
    """Check and insert one row."""
    _write(row, force_insert=True)


def update(row: models.Model) -> None:
    """Check and update one row."""
    _write(row, force_insert=False)


def check_fields(row: models.Model, refusals: Refusals) -> None:
    """Collect what is wrong with a row's own fields."""
    links = {field.name for field in row._meta.concrete_fields if field.is_relation}
    try:
        row.clean_fields(exclude=links)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            for each in errors:
                _reword(row, name, each, refusals)


def _write(row: models.Model, *, force_insert: bool) -> None:
    refusals = Refusals()
    check_fields(row, refusals)
    refusals.raise_any()
    try:
        with transaction.atomic():
            row.save(force_insert=force_insert)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint not in CONSTRAINTS:
            raise
        field, code, message = CONSTRAINTS[constraint]
        refuse(
            field, message, code, **{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
        )


def _reword(row: models.Model, name: str, error: ValidationError, refusals: Refusals) -> None:
    """Django's refusal of a field, with the value, the rule and the way out."""
    value = getattr(row, name)
    code = CODES.get(error.code or "", error.code or "")
    if code == "required":
        refusals.add(name, _("This is needed and was left empty. Fill it in."), code)
    elif code == "unknown":
        allowed = ", ".join(str(choice) for choice, _label in _field(row, name).flatchoices if choice != "")
        refusals.add(
            name,
            _("“%(value)s” is not known here. Use one of: %(allowed)s."),
            code,
            value=value,
            allowed=allowed,
        )
    elif code == "range":
        refusals.add(
            name,
            _("“%(value)s” is out of range: %(rule)s Correct it."),
            code,
            value=value,
            rule=" ".join(error.messages),
        )
    elif unread := _unread(_field(row, name), code):
        refusals.add(name, unread, code, value=value)
    else:
        refusals.add(
            name, _("“%(value)s” cannot be read: %(rule)s"), code, value=value, rule=" ".join(error.messages)
        )


def _unread(field: "models.Field[Any, Any]", code: str) -> "Text | None":
    """What to say of a value that is not of its field's kind."""
    if not code.startswith("invalid"):
        return None
    return next((message for kind, message in KINDS if isinstance(field, kind)), None)


def _field(row: models.Model, name: str) -> "models.Field[Any, Any]":
    return next(field for field in row._meta.concrete_fields if field.name == name)
