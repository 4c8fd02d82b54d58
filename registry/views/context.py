"""What every page's frame needs to know of the person who looks."""

from django.http import HttpRequest

from registry.permissions import Permission, may


def frame(request: HttpRequest) -> dict[str, object]:
    """Whether the links of administrators are shown."""
    user = getattr(request, "user", None)
    return {"may_administer": user is not None and may(user, Permission.ACCESS_WRITE)}
