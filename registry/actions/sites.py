"""Adding and changing sites."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from registry.actions.change import change
from registry.actions.refusals import Refusals, require_known, require_reason
from registry.actions.writing import insert, update
from registry.dictionary.rules import rules
from registry.models import Site, User
from registry.permissions import Permission, require


def create_site(
    *,
    by: User | None,
    code: str,
    name: str,
    time_zone: str = "UTC",
    default_units: Mapping[str, str] | None = None,
    door: str = "form",
) -> Site:
    """Add a site."""
    require(by, Permission.SITE_WRITE)
    site = Site(code=code, name=name, time_zone=time_zone, default_units=dict(default_units or {}))
    _check(site)
    with change(by=by, door=door):
        insert(site)
    return site


def change_site(*, by: User | None, site: Site, reason: str, door: str = "form", **changes: Any) -> Site:
    """Change what is known of a site, saying why; its code stays, study numbers carry it."""
    require(by, Permission.SITE_WRITE)
    require_reason(reason)
    require_known(changes, ("name", "time_zone", "default_units"))
    with change(by=by, door=door, reason=reason):
        site = Site.objects.select_for_update().get(pk=site.pk)
        for field, value in changes.items():
            setattr(site, field, value)
        _check(site)
        update(site)
    return site


def _check(site: Site) -> None:
    refusals = Refusals()
    if site.time_zone not in available_timezones():
        refusals.add(
            "time_zone",
            _("“%(value)s” is not a time zone. Write it like Asia/Shanghai."),
            "unknown",
            value=site.time_zone,
        )
    by_code = rules() if site.default_units else {}
    for code, unit in site.default_units.items():
        if code not in by_code:
            refusals.add(
                "default_units", _("The dictionary has no analyte “%(value)s”."), "unknown", value=code
            )
        elif unit not in by_code[code].units:
            refusals.add(
                "default_units",
                _("%(name)s cannot be in “%(value)s”. Choose one of: %(units)s."),
                "unit",
                name=by_code[code].name,
                value=unit,
                units=", ".join(by_code[code].units),
            )
    refusals.raise_any()
