"""What there is to say of a result for the table and the code it was computed from."""

from analytics.guards import Guard, may_be_measured_late, not_frozen
from analytics.models import Question, Run
from analytics.questions.survival.predictors import measured_predictors
from analytics.replication import published_beside


def remarks_on_record(run: Run, question: Question) -> list[Guard]:
    """What there is to say of where the table and the code are kept, and of when values were measured."""
    found = []
    if _is_published(run, question) and run.dataset is not None:
        found.append(not_frozen({"dataset_sha256": run.dataset.sha256, "code_version": run.code_version}))
    if question.kind == "survival" and run.dataset is not None:
        measured = measured_predictors(question.definition, question.variables)
        found.append(may_be_measured_late(measured, run.dataset.definition.get("baseline_days_after")))
    return [remark for remark in found if remark is not None]


def _is_published(run: Run, question: Question) -> bool:
    """Whether the question's numbers replicate published ones, or stand beside them."""
    return question.definition.get("is_replication", False) or any(
        figure.question == question.slug
        for published in published_beside(run.cohort.plan)
        for figure in published.figures
    )
