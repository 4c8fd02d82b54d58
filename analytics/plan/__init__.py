"""The statistical analysis plan as data: which variables, which questions, asked of whom."""

from analytics.plan.definition import (
    EVENTS_NEEDED,
    FEWEST_BETWEEN_LOOKS,
    SHARE_BETWEEN_LOOKS,
    SHRINKAGE_WANTED,
    Definition,
    PlanError,
    Variables,
)
from analytics.plan.naming import READS, followed_questions, named_variables, tables_read
from analytics.plan.reading import Plan, load_plan, plan_names, read_plan

__all__ = [
    "EVENTS_NEEDED",
    "FEWEST_BETWEEN_LOOKS",
    "READS",
    "SHARE_BETWEEN_LOOKS",
    "SHRINKAGE_WANTED",
    "Definition",
    "Plan",
    "PlanError",
    "Variables",
    "followed_questions",
    "load_plan",
    "named_variables",
    "plan_names",
    "read_plan",
    "tables_read",
]
