"""The pages of the results."""

from django.urls import path

from analytics.views import methods, replication, results

app_name = "analytics"

urlpatterns = [
    path("cohorts/<slug:slug>/questions/", results.questions, name="questions"),
    path("cohorts/<slug:slug>/questions/<slug:question>/", results.question, name="question"),
    path("cohorts/<slug:slug>/methods/", methods.methods_page, name="methods"),
    path("cohorts/<slug:slug>/replication/", replication.replication, name="replication"),
]
