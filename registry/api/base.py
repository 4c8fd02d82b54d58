"""What the routes of the record have in common: paging, permission, and writing through an action."""

from typing import Any, cast

from django.db.models import Model
from django.http import HttpRequest
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.openapi import AutoSchema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.filters import SearchFilter
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.errors import RefusalSerializer
from registry.models import User
from registry.permissions import Permission, may


class MayRead(BasePermission):
    """The account holds the permission the route is about, somewhere; which rows it sees, the query says."""

    def has_permission(self, request: HttpRequest, view: Any) -> bool:
        return may(request.user, view.permission)


class Schema(AutoSchema):
    """A route takes its request's shape and gives its rows'; a refusal has its own."""

    view: Any

    def get_request_serializer(self) -> Any:
        requests = {"POST": "create_serializer", "PATCH": "correct_serializer"}
        chosen = getattr(self.view, requests.get(self.method, ""), None)
        return chosen or super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if self.method not in ("POST", "PATCH"):
            return super().get_response_serializers()
        done = status.HTTP_201_CREATED if self.method == "POST" else status.HTTP_200_OK
        return {done: self.view.serializer_class, status.HTTP_400_BAD_REQUEST: RefusalSerializer}


class ReadRoutes(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """List and retrieve what the account may see; what it may not see is not found."""

    schema = Schema()
    permission_classes = [IsAuthenticated, MayRead]
    permission: Permission = Permission.RECORD_READ
    filter_backends = [DjangoFilterBackend, SearchFilter]

    @property
    def account(self) -> User:
        """Whose request this is; permission_classes let nobody else this far."""
        return cast(User, self.request.user)

    def asked(
        self, request: Request, shape: type[serializers.Serializer], *, partial: bool
    ) -> dict[str, Any]:
        """The request's fields, in the shape named."""
        serializer = shape(data=request.data, partial=partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, row: Model, code: int = status.HTTP_200_OK) -> Response:
        """The row as it now stands, read as every other."""
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, status=code)


class CreateRoute(ReadRoutes):
    """POST records a row through an action."""

    create_serializer: type[serializers.Serializer]

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.record(**self.asked(request, self.create_serializer, partial=False))
        return self.answer(row, status.HTTP_201_CREATED)

    def record(self, **asked: Any) -> Model:
        """Call the action, with the account and the door."""
        raise NotImplementedError


class CorrectRoute(ReadRoutes):
    """PATCH corrects a row through an action, with its reason."""

    correct_serializer: type[serializers.Serializer]

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = {"reason": ""} | self.asked(request, self.correct_serializer, partial=True)
        return self.answer(self.correct(self.get_object(), **asked))

    def correct(self, row: Any, **asked: Any) -> Model:
        """Call the action, with the account and the door."""
        raise NotImplementedError
