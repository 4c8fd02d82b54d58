"""Ending API tokens; they are made on the server's own command line."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from knox.views import LogoutAllView, LogoutView
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.access import revoke_tokens
from registry.actions.change import change
from registry.models import User


@extend_schema(request=None, responses={204: None}, description="End the token this request was made with.")
class EndToken(LogoutView):
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with change(by=cast(User, request.user), door="api"):
            return super().post(request, *args, **kwargs)


@extend_schema(request=None, responses={204: None}, description="End every token of this account.")
class EndAllTokens(LogoutAllView):
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        revoke_tokens(by=user, user=user, door="api")
        return Response(status=status.HTTP_204_NO_CONTENT)
