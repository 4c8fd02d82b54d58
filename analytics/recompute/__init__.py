"""Freeze the cohort's table, ask every question of it, store the answers; and know when to do so again."""

from analytics.recompute.freezing import frozen_frame
from analytics.recompute.queue import cohorts_with_questions, is_stale, request_run, sweep
from analytics.recompute.running import execute

__all__ = ["cohorts_with_questions", "execute", "frozen_frame", "is_stale", "request_run", "sweep"]
