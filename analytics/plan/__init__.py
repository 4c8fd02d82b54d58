"""The statistical analysis plan as data: which variables, which questions, asked of whom."""

from analytics.plan.definition import EVENTS_NEEDED, Definition, PlanError, Variables
from analytics.plan.naming import READS, followed_questions, named_variables, tables_read
from analytics.plan.reading import Plan, load_plan, plan_names, read_plan

__all__ = [
    "EVENTS_NEEDED",
    "READS",
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
