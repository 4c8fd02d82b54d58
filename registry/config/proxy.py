"""Who stands at the other end of a connection."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address a request came from: behind a proxy, the one the proxy saw and wrote down last.

    What stands before it was sent by the client, who may have made it up.
    """
    peer = request.META.get("REMOTE_ADDR")
    if not settings.BEHIND_PROXY:
        return peer
    seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(seen))
    except ValueError:
        return peer
