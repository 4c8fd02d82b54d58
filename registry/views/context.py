"""What every page's frame needs to know of the person who looks."""

from django.http import HttpRequest

from registry.permissions import may_administer


def frame(request: HttpRequest) -> dict[str, object]:
    """Whether the links of administrators are shown."""
    user = getattr(request, "user", None)
    return {"may_administer": bool(user and user.is_authenticated and may_administer(user))}
