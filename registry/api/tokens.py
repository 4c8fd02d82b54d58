"""Ending API tokens; they are made on the server's own command line."""

from drf_spectacular.utils import extend_schema
from knox.views import LogoutAllView, LogoutView


@extend_schema(request=None, responses={204: None}, description="End the token this request was made with.")
class EndToken(LogoutView):
    pass


@extend_schema(request=None, responses={204: None}, description="End every token of this account.")
class EndAllTokens(LogoutAllView):
    pass
