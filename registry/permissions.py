"""Who may do what, and where: asked by pages, the API and the actions alike."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry.models import Cohort, Membership, Patient, Role, Site, User


class Permission(StrEnum):
    COHORT_READ = "cohort.read"
    RECORD_READ = "record.read"
    RECORD_WRITE = "record.write"
    PLAN_WRITE = "plan.write"
    COHORT_WRITE = "cohort.write"
    SITE_WRITE = "site.write"
    DICTIONARY_WRITE = "dictionary.write"
    ACCESS_WRITE = "access.write"
    AUDIT_READ = "audit.read"


PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset({Permission.COHORT_READ, Permission.RECORD_READ, Permission.RECORD_WRITE}),
    Role.ANALYST: frozenset({Permission.COHORT_READ, Permission.PLAN_WRITE}),
    Role.ADMINISTRATOR: frozenset(Permission),
}

Viewer = User | AnonymousUser


def roles_of(user: Viewer) -> tuple[Membership, ...]:
    """The roles an account holds; none while it is closed."""
    if not isinstance(user, User) or not user.is_active:
        return ()
    return tuple(user.memberships.all())


def may(user: Viewer, permission: str, *, site: Site | None = None) -> bool:
    """Whether an account may do this: at the site named, or, where none is, at one at least."""
    return any(
        Permission(permission) in PERMISSIONS[membership.role]
        and (site is None or membership.site_id is None or membership.site_id == site.pk)
        for membership in roles_of(user)
    )


def require(user: User | None, permission: Permission, *, site: Site | None = None) -> None:
    """Refuse what the account may not do; no account is the server's own command line, which may."""
    if user is not None and not may(user, permission, site=site):
        raise PermissionDenied(_("Your account may not do this. Ask an administrator for the role it needs."))


def visible_sites(user: Viewer) -> QuerySet[Site]:
    """The sites whose patients an account may see."""
    readers = [m for m in roles_of(user) if Permission.RECORD_READ in PERMISSIONS[m.role]]
    if any(membership.site_id is None for membership in readers):
        return Site.objects.all()
    return Site.objects.filter(pk__in=[membership.site_id for membership in readers])


def visible_patients(user: Viewer) -> QuerySet[Patient]:
    """The patients an account may see: its sites' own."""
    return Patient.objects.filter(site__in=visible_sites(user))


def visible_cohorts(user: Viewer) -> QuerySet[Cohort]:
    """The cohorts whose pooled results an account may see; a coordinator's are those of the site."""
    readers = [m for m in roles_of(user) if Permission.COHORT_READ in PERMISSIONS[m.role]]
    if any(membership.site_id is None for membership in readers):
        return Cohort.objects.all()
    sites = [membership.site_id for membership in readers]
    return Cohort.objects.filter(pk__in=Cohort.sites.through.objects.filter(site__in=sites).values("cohort"))


def may_see_records(user: Viewer, cohort: Cohort) -> bool:
    """Whether an account may see patients of the cohort, one site's or all."""
    return visible_sites(user).filter(cohorts=cohort).exists()


def sees_all_cells(user: Viewer, cohort: Cohort) -> bool:
    """Whether small counts are shown: to those who may see every patient, and where none are withheld."""
    if cohort.small_cell_minimum == 0:
        return True
    return not cohort.sites.exclude(pk__in=visible_sites(user)).exists()
