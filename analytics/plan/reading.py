"""Reads a plan from its file, checked."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from analytics.plan.definition import Definition, PlanError, Variables
from analytics.plan.naming import named_variables
from analytics.plan.requirements import require_complete

PLANS = Path(__file__).parents[1] / "plans"


@dataclass(frozen=True)
class Plan:
    """One analysis plan: its variables by code, its questions in reading order."""

    name: str
    version: int
    title: str
    variables: Variables
    questions: tuple[Definition, ...]
    sha256: str
    data: str = ""
    """Where the data come from and what of their design is not used, in sentences for a Methods section."""

    def question(self, slug: str) -> Definition:
        """The question of this name."""
        for question in self.questions:
            if question["slug"] == slug:
                return question
        raise PlanError(f"plan {self.name} has no question {slug!r}")


def plan_names() -> tuple[str, ...]:
    """The plans that are shipped."""
    return tuple(sorted(path.stem for path in PLANS.glob("*.json")))


@cache
def load_plan(name: str) -> Plan:
    """Read one shipped plan; a plan that names what it does not declare is refused."""
    if name not in plan_names():
        raise PlanError(f"there is no plan {name!r}; the plans are {', '.join(plan_names())}")
    content = (PLANS / f"{name}.json").read_bytes()
    return read_plan(json.loads(content), sha256=hashlib.sha256(content).hexdigest())


def read_plan(content: dict[str, Any], *, sha256: str = "") -> Plan:
    """A plan from its JSON content, checked."""
    plan = Plan(
        name=content["name"],
        version=content["version"],
        title=content["title"],
        data=content.get("data", ""),
        variables=content["variables"],
        questions=tuple(content["questions"]),
        sha256=sha256,
    )
    slugs = [question["slug"] for question in plan.questions]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise PlanError(f"plan {plan.name} asks {slug!r} twice")
    for question in plan.questions:
        undeclared = sorted(set(named_variables(question)) - set(plan.variables))
        if undeclared:
            raise PlanError(
                f"question {question['slug']} of plan {plan.name} names {', '.join(undeclared)}, "
                "which the plan does not declare"
            )
        require_complete(question, plan.variables)
    return plan
