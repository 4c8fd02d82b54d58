"""Freeze the cohort's table, ask every question of it, store the answers; and know when to do so again.

Only a worker needs `running`: the statistics that it imports would slow every other start.
"""

from analytics.recompute.queue import cohorts_with_questions, is_stale, request_run, sweep

__all__ = ["cohorts_with_questions", "is_stale", "request_run", "sweep"]
