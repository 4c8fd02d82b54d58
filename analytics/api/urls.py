"""The addresses of the questions and their answers, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from analytics.api.estimates import EstimateRoutes
from analytics.api.questions import QuestionRoutes
from analytics.api.replications import ReplicationRoutes
from analytics.api.runs import RunRoutes

router = SimpleRouter()
router.register("questions", QuestionRoutes, basename="question")
router.register("estimates", EstimateRoutes, basename="estimate")
router.register("replications", ReplicationRoutes, basename="replication")
router.register("runs", RunRoutes, basename="run")

urlpatterns = router.urls
