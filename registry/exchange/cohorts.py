"""Cohorts defined by a mapping or by the simulation's parameters."""

from collections.abc import Mapping
from typing import Any

from registry.actions.cohorts import create_cohort
from registry.actions.sites import create_site
from registry.models import Cohort, Site, User


def create_defined_cohort(*, by: User | None, definition: Mapping[str, Any], slug: str, door: str) -> Cohort:
    """Create a cohort as its definition says, with those of its sites that are not there yet."""
    known = Site.objects.in_bulk(field_name="code")
    sites = [known.get(site["code"]) or create_site(by=by, door=door, **site) for site in definition["sites"]]
    return create_cohort(by=by, door=door, **{**definition, "slug": slug, "sites": sites})
