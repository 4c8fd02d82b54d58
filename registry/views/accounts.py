"""The one-time set-up, one's own account, and the accounts an administrator keeps."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.actions.access import (
    close_account,
    create_user,
    end_sessions,
    grant_role,
    is_setup_link_open,
    redeem_setup_link,
    revoke_role,
)
from registry.forms.accounts import AccountForm, RoleForm, SetupForm
from registry.models import Membership, Site, User
from registry.permissions import Permission, require
from registry.views.entry import entry_page
from registry.views.fetch import the_user


@never_cache
@login_not_required
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """The first administrator and cohort, through the link that `up` printed once."""
    if not is_setup_link_open(token=token):
        return render(request, "registry/setup_closed.html", status=404)
    form = SetupForm(request.POST or None)
    return entry_page(
        request,
        form,
        lambda: redeem_setup_link(token=token, **form.values()),
        template="registry/setup.html",
        saved=lambda _administrator: (_("The registry is set up. Sign in to begin."), reverse("login")),
    )


def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and how to sign out everywhere."""
    user = the_user(request)
    return render(request, "registry/account.html", {"memberships": user.memberships.select_related("site")})


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session and token of one's own account."""
    end_sessions(by=the_user(request), user=the_user(request))
    logout(request)
    messages.success(request, _("You are signed out everywhere, and your tokens are revoked."))
    return redirect("login")


def people(request: HttpRequest) -> HttpResponse:
    """The accounts and their roles."""
    user = the_user(request)
    require(user, Permission.ACCESS_WRITE)
    accounts = User.objects.prefetch_related("memberships__site").order_by("username")
    page = Paginator(accounts, 50).get_page(request.GET.get("page"))
    return render(request, "registry/people.html", {"page": page})


def add_person(request: HttpRequest) -> HttpResponse:
    """A new account; its password is shown once."""
    user = the_user(request)
    require(user, Permission.ACCESS_WRITE)
    form = AccountForm(request.POST or None, sites=Site.objects.all())
    return entry_page(
        request,
        form,
        lambda: create_user(by=user, **form.values()),
        template="registry/form.html",
        saved=lambda made: (
            _("The account %(name)s is made. Its password, shown this once: %(password)s")
            % {"name": made[0].username, "password": made[1]},
            reverse("people"),
        ),
        heading=_("Make an account"),
        button=_("Make the account"),
    )


def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """One more role for an account."""
    user = the_user(request)
    require(user, Permission.ACCESS_WRITE)
    person = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST or None, sites=Site.objects.all())
    return entry_page(
        request,
        form,
        lambda: grant_role(by=user, user=person, **form.values()),
        template="registry/form.html",
        saved=lambda held: (
            _("The account %(name)s holds the role “%(role)s” now.")
            % {"name": person.username, "role": held.get_role_display()},
            reverse("people"),
        ),
        heading=_("Give %(name)s a role") % {"name": person.username},
        button=_("Give the role"),
    )


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role from an account."""
    user = the_user(request)
    require(user, Permission.ACCESS_WRITE)
    held = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
    taken = {"name": held.user.username, "role": held.get_role_display()}
    try:
        revoke_role(by=user, membership=held)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The account %(name)s no longer holds the role “%(role)s”.") % taken)
    return redirect("people")


@require_POST
def close_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account: no sign-in, no session, no token."""
    user = the_user(request)
    require(user, Permission.ACCESS_WRITE)
    closed = get_object_or_404(User, pk=pk)
    try:
        close_account(by=user, user=closed)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The account %(name)s is closed.") % {"name": closed.username})
    return redirect("people")
