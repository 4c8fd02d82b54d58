"""The one shape of every page that writes: ask, let the action decide, say what was saved."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.forms.base import ActionForm


def entry_page(
    request: HttpRequest,
    form: ActionForm,
    save: Callable[[], Any],
    *,
    template: str,
    saved: Callable[[Any], tuple[str, str]],
    **context: Any,
) -> HttpResponse:
    """Show a form; when it is sent, run the action and go on, or show what it refused.

    ``saved`` gives the message of success and the address to go on to.
    """
    if request.method == "POST" and form.is_valid():
        try:
            outcome = save()
        except ValidationError as refusal:
            form.add_refusal(refusal)
        else:
            message, address = saved(outcome)
            messages.success(request, message)
            return redirect(address)
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)
