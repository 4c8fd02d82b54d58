"""Addresses of the record's API, under api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from registry.api.analytes import AnalyteRoutes
from registry.api.cohorts import CohortRoutes
from registry.api.course import ContactRoutes, OutcomeRoutes, ReadingRoutes
from registry.api.labs import DrawRoutes, ResultRoutes
from registry.api.patients import PatientRoutes
from registry.api.tokens import EndAllTokens, EndToken

router = SimpleRouter()
router.register("cohorts", CohortRoutes, basename="api-cohorts")
router.register("patients", PatientRoutes, basename="api-patients")
router.register("lab-draws", DrawRoutes, basename="api-lab-draws")
router.register("lab-results", ResultRoutes, basename="api-lab-results")
router.register("calcification-scores", ReadingRoutes, basename="api-calcification-scores")
router.register("outcome-events", OutcomeRoutes, basename="api-outcome-events")
router.register("contacts", ContactRoutes, basename="api-contacts")
router.register("analytes", AnalyteRoutes, basename="api-analytes")

urlpatterns = [
    path("", include(router.urls)),
    path("log-out/", EndToken.as_view(), name="api-log-out"),
    path("log-out-all/", EndAllTokens.as_view(), name="api-log-out-all"),
]
