"""Accounts, and the role each one holds."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who signs in."""

    n_sign_outs = models.PositiveIntegerField(
        _("times signed out everywhere"), default=0, help_text=_("Each ends every session opened before it.")
    )

    class Meta(AbstractUser.Meta):
        pass

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's hash of the password, and of the last signing out everywhere besides."""
        salt = "registry.models.access.session"
        signed = f"{self.password}{self.n_sign_outs}"
        return salted_hmac(salt, signed, secret=secret, algorithm="sha256").hexdigest()


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator of a site")
    ANALYST = "analyst", _("Analyst, without access to records")
    ADMINISTRATOR = "administrator", _("Administrator")


class Membership(models.Model):
    """One role of one account; a coordinator's is held at one site, the others' everywhere."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    site = models.ForeignKey(
        "registry.Site",
        on_delete=models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
        verbose_name=_("site"),
    )

    class Meta:
        verbose_name = _("role of an account")
        verbose_name_plural = _("roles of accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "site"], name="membership_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(role=Role.COORDINATOR, site__isnull=False)
                | (~Q(role=Role.COORDINATOR) & Q(site__isnull=True)),
                name="membership_site_for_coordinators_alone",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class SetupLink(models.Model):
    """The one-time link through which the first administrator is made; only its hash is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("set-up link")
        verbose_name_plural = _("set-up links")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
