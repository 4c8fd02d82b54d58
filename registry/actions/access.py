"""Accounts, their roles and tokens, and the link through which the first administrator is made."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from registry.actions.change import change
from registry.actions.cohorts import create_cohort
from registry.actions.refusals import Refusals, refuse
from registry.actions.sites import create_site
from registry.actions.writing import insert, update
from registry.models import Cohort, CohortGroup, Membership, Role, SetupLink, Site, User
from registry.permissions import Permission, require

SETUP_LINK_LIFETIME = timedelta(hours=24)
FIRST_PLAN = "mhd"
FIRST_GROUPS = (
    {"code": "mhd", "name": "MHD", "limits": CohortGroup.Limits.MHD, "on_dialysis": True},
    {"code": "control", "name": "Control", "limits": CohortGroup.Limits.CONTROL, "on_dialysis": False},
)


def create_user(
    *,
    by: User | None,
    username: str,
    role: str,
    site: Site | None = None,
    password: str | None = None,
    email: str = "",
    door: str = "form",
) -> tuple[User, str]:
    """Open an account with one role; returns it with its password, which is made where none is given."""
    require(by, Permission.ACCESS_WRITE)
    user = User(username=username, email=email)
    password = _set_password(user, password)
    with change(by=by, door=door):
        insert(user)
        insert(_membership(user, role, site))
    return user, password


def grant_role(
    *, by: User | None, user: User, role: str, site: Site | None = None, reason: str = "", door: str = "form"
) -> Membership:
    """Give an account one more role."""
    require(by, Permission.ACCESS_WRITE)
    membership = _membership(user, role, site)
    with change(by=by, door=door, reason=reason):
        insert(membership)
    return membership


def revoke_role(*, by: User | None, membership: Membership, reason: str = "", door: str = "form") -> None:
    """Take a role away; the last administrator's stays, or nobody could give it back."""
    require(by, Permission.ACCESS_WRITE)
    with change(by=by, door=door, reason=reason):
        others = Membership.objects.select_for_update().filter(role=Role.ADMINISTRATOR, user__is_active=True)
        if membership.role == Role.ADMINISTRATOR and not others.exclude(pk=membership.pk).exists():
            refuse(
                "role",
                _("“%(value)s” is the last administrator. Give another account the role first."),
                "not_allowed",
                value=membership.user.get_username(),
            )
        membership.delete()


def set_password(*, by: User | None, user: User, password: str, door: str = "form") -> User:
    """Give an account another password; no session and no token it held is valid any more."""
    if by != user:
        require(by, Permission.ACCESS_WRITE)
    with change(by=by, door=door, reason="New password"):
        account = _locked(user)
        _set_password(account, password)
        account.save(update_fields=["password"])
        _revoke_tokens(account)
    return account


def issue_token(*, by: User | None, user: User, door: str = "command") -> str:
    """A new API token of an account, shown this once; only its hash is kept."""
    if by != user:
        require(by, Permission.ACCESS_WRITE)
    with change(by=by, door=door):
        account = _locked(user)
        if not account.is_active:
            refuse(
                "user", _("The account “%(value)s” is closed."), "not_allowed", value=account.get_username()
            )
        _instance, token = AuthToken.objects.create(user=account)
    return str(token)


def revoke_tokens(*, by: User | None, user: User, reason: str = "", door: str = "command") -> int:
    """End every API token of an account; returns how many there were."""
    if by != user:
        require(by, Permission.ACCESS_WRITE)
    with change(by=by, door=door, reason=reason):
        return _revoke_tokens(user)


def end_sessions(*, by: User | None, user: User, door: str = "form") -> None:
    """Sign an account out everywhere: no session and no token it held is valid any more."""
    if by != user:
        require(by, Permission.ACCESS_WRITE)
    with change(by=by, door=door, reason="Signed out everywhere"):
        account = _locked(user)
        account.n_sign_outs += 1
        account.save(update_fields=["n_sign_outs"])
        _revoke_tokens(account)


def close_account(*, by: User | None, user: User, reason: str = "", door: str = "form") -> None:
    """Let nobody sign in to an account again; what it wrote stays under its name."""
    require(by, Permission.ACCESS_WRITE)
    with change(by=by, door=door, reason=reason):
        open_administrators = Membership.objects.select_for_update().filter(
            role=Role.ADMINISTRATOR, user__is_active=True
        )
        if {membership.user_id for membership in open_administrators} == {user.pk}:
            refuse(
                "user",
                _("“%(value)s” is the last administrator. Give another account the role first."),
                "not_allowed",
                value=user.get_username(),
            )
        account = _locked(user)
        account.is_active = False
        account.save(update_fields=["is_active"])
        _revoke_tokens(account)


def create_setup_link() -> str:
    """The token of a new one-time link, which ends those made before; none once there is an administrator."""
    _refuse_second_setup()
    token = secrets.token_urlsafe(32)
    with change(by=None, door="command", reason="First start of an empty registry"):
        SetupLink.objects.filter(used_at=None).delete()
        insert(SetupLink(token_sha256=_sha256(token), expires_at=timezone.now() + SETUP_LINK_LIFETIME))
    return token


def is_setup_link_open(*, token: str) -> bool:
    """Whether a set-up link may still be used."""
    return _open_links(token).exists()


def redeem_setup_link(
    *,
    token: str,
    username: str,
    password: str,
    site_code: str,
    site_name: str,
    time_zone: str,
    cohort_slug: str,
    cohort_name: str,
) -> tuple[User, Cohort]:
    """Make the first administrator, site and cohort, once."""
    user = User(username=username)
    with change(by=user, door="form", reason="Set-up link"):
        link = _open_links(token).select_for_update().first()
        if link is None:
            refuse(
                "token",
                _("This link has been used or has expired. Start the server again for another."),
                "unknown",
            )
        _refuse_second_setup()
        _set_password(user, password)
        insert(user)
        insert(_membership(user, Role.ADMINISTRATOR, None))
        site = create_site(by=user, code=site_code, name=site_name, time_zone=time_zone)
        cohort = create_cohort(
            by=user, slug=cohort_slug, name=cohort_name, sites=[site], groups=FIRST_GROUPS, plan=FIRST_PLAN
        )
        link.used_at = timezone.now()
        update(link)
    return user, cohort


def _open_links(token: str) -> QuerySet[SetupLink]:
    return SetupLink.objects.filter(token_sha256=_sha256(token), used_at=None, expires_at__gt=timezone.now())


def _refuse_second_setup() -> None:
    if Membership.objects.filter(role=Role.ADMINISTRATOR).exists():
        refuse("token", _("There is an administrator already, who can open accounts."), "not_allowed")


def _set_password(user: User, password: str | None) -> str:
    if password is None:
        password = secrets.token_urlsafe(12)
    else:
        try:
            validate_password(password, user)
        except ValidationError as error:
            refusals = Refusals()
            refusals.take("password", error)
            refusals.raise_any()
    user.set_password(password)
    return password


def _locked(user: User) -> User:
    """The account as it stands, held until the end of the transaction, so that no change to it is undone."""
    return User.objects.select_for_update().get(pk=user.pk)


def _revoke_tokens(user: User) -> int:
    count, _by_model = AuthToken.objects.filter(user=user).delete()
    return int(count)


def _membership(user: User, role: str, site: Site | None) -> Membership:
    if role not in Role.values:
        refuse(
            "role",
            _("“%(value)s” is not a role. Those are: %(allowed)s."),
            "unknown",
            value=role,
            allowed=", ".join(Role.values),
        )
    return Membership(user=user, role=role, site=site)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
