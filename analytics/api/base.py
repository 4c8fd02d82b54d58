"""What the routes of the ledger have in common: who may read."""

from typing import Any

from rest_framework import viewsets
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request

from registry.permissions import Permission, may


class MayReadCohorts(BasePermission):
    """The account holds a role that reads pooled results; of which cohorts is the query's part."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return may(request.user, Permission.COHORT_READ)


class LedgerRoutes(viewsets.GenericViewSet):
    """Read only: the ledger is written by the worker."""

    permission_classes = [IsAuthenticated, MayReadCohorts]
