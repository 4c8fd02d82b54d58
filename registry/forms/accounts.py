"""Accounts, their roles, and the first administrator."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.actions.access import set_password
from registry.forms.base import ActionForm
from registry.models import Role, Site, User


class SetupForm(ActionForm):
    """The first administrator, the first site and the first cohort of an empty registry."""

    username = forms.CharField(
        label=_("Your user name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("At least 12 characters, not a common one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[validate_password],
    )
    site_name = forms.CharField(label=_("Name of the first site"), max_length=200)
    site_code = forms.SlugField(
        label=_("Code of the site"), max_length=20, help_text=_("Prefixes its study numbers, such as ND.")
    )
    time_zone = forms.CharField(
        label=_("Time zone of the site"), max_length=64, initial="UTC", help_text=_("Such as Asia/Shanghai.")
    )
    cohort_name = forms.CharField(label=_("Name of the first cohort"), max_length=200)
    cohort_slug = forms.SlugField(
        label=_("Short name of the cohort"), max_length=60, help_text=_("Stands in its address, such as mhd.")
    )


class RoleForm(ActionForm):
    """One more role of an account."""

    role = forms.ChoiceField(label=_("Role"), choices=Role)

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"] = forms.ModelChoiceField(
            sites,
            label=_("Site"),
            required=False,
            help_text=_("Of a coordinator; the other roles have none."),
        )


class AccountForm(RoleForm):
    """A new account with its first role; the password is made and shown once."""

    username = forms.CharField(label=_("User name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("For a reset of the password."))
    field_order = ("username", "email", "role")


class _SavedByAction:
    """Django's fields and checks of a new password, saved by the action, which revokes the tokens too."""

    user: User
    cleaned_data: dict[str, Any]

    def save(self, commit: bool = True) -> User:
        self.user = set_password(by=self.user, user=self.user, password=self.cleaned_data["new_password1"])
        return self.user


class NewPasswordForm(_SavedByAction, SetPasswordForm):
    """A new password, through the link of a reset."""


class ChangedPasswordForm(_SavedByAction, PasswordChangeForm):
    """A new password of one's own account, beside the old one."""
