"""Defining cohorts and changing their definitions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry.actions.change import announce_once_committed, change
from registry.actions.patients import FIELDS as PATIENT_FIELDS
from registry.actions.refusals import Refusals, refuse, require_filled, require_known, require_reason
from registry.actions.writing import insert, update
from registry.models import Cohort, CohortGroup, Site, User
from registry.permissions import Permission, require

FIELDS = (
    "name",
    "description",
    "source",
    "is_simulated",
    "time_scale",
    "consent_basis",
    "required_fields",
    "index_date",
    "baseline_days_before",
    "baseline_days_after",
    "data_lock_on",
    "follow_up_months",
    "small_cell_minimum",
    "plan",
)


def create_cohort(
    *,
    by: User | None,
    slug: str,
    name: str,
    sites: Iterable[Site],
    groups: Sequence[Mapping[str, Any]],
    door: str = "form",
    **fields: Any,
) -> Cohort:
    """Define a cohort with its sites and groups, each {"code", "name", "limits", "on_dialysis"}."""
    require(by, Permission.COHORT_WRITE)
    require_known(fields, FIELDS)
    sites = list(sites)
    require_filled({"sites": sites, "groups": groups}, ("sites", "groups"))
    for group in groups:
        require_known(group, ("code", "name", "limits", "on_dialysis"))
    cohort = Cohort(slug=slug, name=name, **fields)
    _check(cohort)
    with change(by=by, door=door):
        insert(cohort)
        cohort.sites.set(sites)
        for position, group in enumerate(groups):
            insert(CohortGroup(cohort=cohort, position=position, **group))
        announce_once_committed(cohort)
    return cohort


def change_cohort(
    *, by: User | None, cohort: Cohort, reason: str, door: str = "form", **changes: Any
) -> Cohort:
    """Change a cohort's definition or sites, saying why; its results follow."""
    require(by, Permission.COHORT_WRITE)
    require_reason(reason)
    require_known(changes, (*FIELDS, "sites"))
    sites = changes.pop("sites", None)
    with change(by=by, door=door, reason=reason, cohort=cohort):
        cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
        before = cohort.time_scale
        for field, value in changes.items():
            setattr(cohort, field, value)
        _check(cohort, time_scale_before=before, sites=sites)
        update(cohort)
        if sites is not None:
            cohort.sites.set(sites)
    return cohort


def _check(cohort: Cohort, *, time_scale_before: str = "", sites: Iterable[Site] | None = None) -> None:
    refusals = Refusals()
    if not isinstance(cohort.required_fields, list):
        refuse("required_fields", _("Name the fields in a list."), "range")
    for field in cohort.required_fields:
        if field not in PATIENT_FIELDS:
            refusals.add(
                "required_fields",
                _("“%(value)s” is not a field of enrolment. Those are: %(allowed)s."),
                "unknown",
                value=field,
                allowed=", ".join(PATIENT_FIELDS),
            )
    if cohort.plan and cohort.plan not in settings.CALCIS_PLANS:
        refusals.add(
            "plan",
            _("There is no analysis plan “%(value)s”. There are: %(allowed)s."),
            "unknown",
            value=cohort.plan,
            allowed=", ".join(settings.CALCIS_PLANS),
        )
    if time_scale_before not in ("", cohort.time_scale) and cohort.patients.exists():
        refusals.add(
            "time_scale",
            _("The cohort has patients, whose dates are kept as “%(value)s”. It can no longer be changed."),
            "not_allowed",
            value=time_scale_before,
        )
    if sites is not None:
        left = cohort.patients.exclude(site__in=list(sites)).values_list("site__code", flat=True).distinct()
        for code in left.order_by("site__code"):
            refusals.add(
                "sites",
                _("The site “%(value)s” has patients in this cohort. It can no longer be taken out."),
                "not_allowed",
                value=code,
            )
    refusals.raise_any()
