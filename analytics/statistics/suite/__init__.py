"""A study's whole suite of results, kept alive: patients are added and taken away, never read again."""

from analytics.statistics.suite.asked import Suite
from analytics.statistics.suite.results import StudyResults, results_of
from analytics.statistics.suite.study import Study

__all__ = ["Study", "StudyResults", "Suite", "results_of"]
