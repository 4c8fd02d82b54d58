"""A small ledger for tests: questions, and finished runs with the answers given."""

import hashlib
from typing import Any

from django.utils import timezone

from analytics.models import Dataset, Estimate, FrozenTable, Question, Result, Run
from registry.models import Cohort

DEFINITION = {"kind": "comparison", "by": "group", "groups": ["mhd", "control"], "variables": ["mg"]}
VARIABLES = {
    "group": {
        "label": "Group",
        "levels": [{"code": "mhd", "label": "MHD"}, {"code": "control", "label": "Control"}],
    },
    "mg": {"label": "Magnesium", "unit": "mmol/L"},
    "site": {"label": "Site"},
}


def a_question(cohort: Cohort, slug: str = "groups", **fields: Any) -> Question:
    definition = DEFINITION | {"slug": slug, "title": slug} | fields.pop("definition", {})
    chosen = {"kind": "comparison", "title": slug, "variables": VARIABLES} | fields
    return Question.objects.create(cohort=cohort, slug=slug, definition=definition, **chosen)


def a_dataset(cohort: Cohort, content: bytes = b"table", **fields: Any) -> Dataset:
    table, _ = FrozenTable.objects.get_or_create(
        sha256=hashlib.sha256(content).hexdigest(), defaults={"content": content}
    )
    chosen = {
        "definition": {},
        "columns": ["study_id"],
        "n_rows": 400,
        "n_enrolled": 410,
        "exclusions": [{"reason": "no_consent", "n": 10}],
        "snapshot": "9999999:9999999:",
        "read_at": timezone.now(),
    }
    return Dataset.objects.create(cohort=cohort, table=table, **(chosen | fields))


def a_run(
    cohort: Cohort, answers: dict[Question, dict[str, Any]], dataset: Dataset | None = None, **fields: Any
) -> Run:
    """A finished run; an answer is the fields of a result, with its estimates."""
    provenance = {"code_version": "commit 1", "library_versions": {"numpy": "2"}, "plan_sha256": "0" * 64}
    run = Run.objects.create(cohort=cohort, status="running", **(provenance | fields))
    for question, answer in answers.items():
        estimates = answer.pop("estimates", [])
        # An answer tells its estimates.
        chosen = {"status": "done", "payload": {"terms": estimates}} | answer
        result = Result.objects.create(run=run, question=question, computed_at=timezone.now(), **chosen)
        for estimate in estimates:
            Estimate.objects.create(
                result=result, run=run, question=question, computed_at=result.computed_at, **estimate
            )
    run.dataset = dataset or a_dataset(cohort)
    run.status, run.finished_at = "done", timezone.now()
    run.save()
    return run


def an_estimate(value: float, **fields: Any) -> dict[str, Any]:
    return {"term": "mg", "quantity": "auc", "value": value, "n": 200, "n_events": 48} | fields
