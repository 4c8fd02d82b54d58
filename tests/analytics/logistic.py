"""Logistic questions for tests: of the plans' tables, and the reference pack's cases put as questions."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from tests.analytics.tables import mhd, nhanes

MHD, NHANES = mhd(), nhanes()
PACK = Path(__file__).parents[1] / "reference" / "open"


def ask(slug: str, frame: pd.DataFrame = MHD, plan: str = "mhd", **fields: Any) -> Answer:
    loaded = load_plan(plan)
    return answer(loaded.question(slug) | fields, loaded.variables, frame)


def models(given: Answer) -> dict[str, dict[str, Any]]:
    return {model["name"]: model for model in given.payload["models"]}


def one(frame: pd.DataFrame = MHD, **model: Any) -> dict[str, Any]:
    """The only model of a question about cardiovascular death."""
    fields = {"name": "only", "title": "Only", "is_primary": True, **model}
    [fitted] = ask("cvd-death-multivariable", frame, models=[fields]).payload["models"]
    return fitted


def terms(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {term["term"]: term for term in model["terms"]}


def ratio_tests(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {test["name"]: test for test in model["tests"]}


def with_few_events(n: int) -> pd.DataFrame:
    """The patients of the plan with so many events."""
    frame = MHD.copy()
    events = frame.index[frame["terminal_status"] == "death_cv"]
    frame.loc[events[n:], "terminal_status"] = ""
    return frame


class Case:
    """A case of the reference pack, put as a question."""

    def __init__(self, name: str) -> None:
        [self.case] = [
            case
            for file in (PACK / "expected").glob("*.logistic.json")
            for case in json.loads(file.read_text("utf-8"))["cases"]
            if case["id"] == name
        ]
        self.inputs, self.expected = self.case["inputs"], self.case["expected"]

    def answered(self, **options: Any) -> dict[str, Any]:
        inputs = self.inputs
        factors = inputs.get("factors") or {}
        as_text = dict.fromkeys((*factors, inputs["outcome"]), str)
        frame = pd.read_csv(PACK / "data" / self.case["csv"], dtype=as_text)
        for condition in self.case["where"] or ():
            frame = frame[frame[condition["col"]] == condition["value"]]
        frame = frame[frame[inputs["outcome"]].notna()]
        outcome = frame[inputs["outcome"]] == inputs["positive"]
        variables: dict[str, Any] = {"outcome": {"from": "ended", "in": ["yes"]}}
        covariates = []
        for name in options.pop("covariates", None) or inputs["formula"].removeprefix(".y ~ ").split(" + "):
            levels = factors.get(name, ())
            if len(levels) == 2:
                variables[f"{name}{levels[1]}"] = {"from": name, "in": [levels[1]]}
                covariates.append(f"{name}{levels[1]}")
            else:
                variables[name] = {"levels": [{"code": level} for level in levels]} if levels else {}
                covariates.append(name)
        model = {"name": "only", "title": "", "covariates": covariates, **options}
        asked = {"kind": "logistic", "slug": "case", "outcome": "outcome", "models": [model]}
        table = frame.assign(ended=np.where(outcome, "yes", "no"))
        [fitted] = answer(asked, variables, table).payload["models"]
        return fitted
