"""Who may not see every record is shown a run where beside those shown before it tells no few patients."""

import numpy as np
import pandas as pd
import pytest

from analytics.answers import held_back
from analytics.models import Question, Run
from analytics.recompute.freezing import frozen_frame
from analytics.recompute.hashing import patient_hashes
from registry.models import Cohort, LabResult
from tests.analytics.recompute.steps import compute
from tests.builders import a_coordinator, a_site, a_user
from tests.registry.record import a_patient, drew

pytestmark = pytest.mark.django_db(transaction=True)


def minimum(cohort: Cohort, n: int) -> None:
    cohort.small_cell_minimum = n
    cohort.save(update_fields=["small_cell_minimum"])


def is_shown(run: Run, role: str = "analyst") -> bool:
    cohort = Cohort.objects.get(pk=run.cohort_id)
    return run.pk not in held_back(a_user(role), cohort)


def moved(*study_ids: str) -> None:
    """Each magnesium of these patients a little higher."""
    for result in LabResult.objects.filter(draw__patient__study_id__in=study_ids):
        LabResult.objects.filter(pk=result.pk).update(value=f"{float(result.value) + 0.01:.2f}")


class TestReleased:
    @pytest.fixture(autouse=True)
    def two(self, cohort: Cohort) -> None:
        minimum(cohort, 2)

    def test_the_first_run_is_shown_and_the_same_table_again(self, cohort):
        first, second = compute(cohort), compute(cohort)
        assert (first.released_up_to, second.released_up_to) == (None, None)
        assert is_shown(first)
        assert is_shown(second)

    def test_a_value_filled_in_of_one_patient_is_not_told_until_another_changes(self, cohort):
        LabResult.objects.filter(value="0.90").update(value="0.95")
        LabResult.objects.filter(draw__patient__study_id="ND-0").update(value="0.96")
        compute(cohort)
        moved("ND-0")
        held = compute(cohort)
        assert (held.dataset.n_rows, held.released_up_to) == (3, 0)
        assert not is_shown(held)
        assert is_shown(held, "administrator")
        moved("ND-1")
        assert is_shown(compute(cohort))
        assert not is_shown(held)

    def test_who_enters_values_sees_what_they_change_and_not_who_is_one_more(self, cohort):
        own = a_coordinator(cohort.sites.get())
        newcomer = a_patient(cohort, "ND-9")
        cohort.sites.add(a_site("OTHER"))
        compute(cohort)
        moved("ND-0")
        changed = compute(cohort)
        assert changed.pk not in held_back(own, cohort)
        assert not is_shown(changed)
        newcomer.delete()
        assert compute(cohort).pk in held_back(own, cohort)

    def test_one_patient_more_and_one_gone_are_two(self, cohort):
        compute(cohort)
        drew(a_patient(cohort, "ND-9"), 0, mg="1.00")
        assert not is_shown(compute(cohort))
        moved("ND-2")
        assert compute(cohort).released_up_to == 2

    def test_what_is_undone_is_compared_with_every_run_that_was_shown(self, cohort):
        compute(cohort)
        before = dict(LabResult.objects.values_list("pk", "value"))
        moved("ND-0", "ND-1")
        assert is_shown(compute(cohort))
        for pk, value in before.items():
            LabResult.objects.filter(pk=pk).update(value=value)
        moved("ND-2")
        assert compute(cohort).released_up_to == 0
        LabResult.objects.filter(draw__patient__study_id="ND-2").update(value="1.30")
        assert is_shown(compute(cohort))

    def test_a_question_that_comes_to_read_draws_changes_no_table(self, cohort):
        compute(cohort)
        moved("ND-0")
        first = Question.objects.get(slug="first")
        definition = first.definition | {"kind": "longitudinal"}
        Question.objects.filter(slug="first").update(is_current=False)
        Question.objects.create(
            cohort=cohort, slug="first", version=2, kind="longitudinal", title="first", definition=definition
        )
        run = compute(cohort)
        assert run.dataset.draws_table is not None
        assert not is_shown(run)

    def test_the_tables_that_were_frozen_give_the_same_hashes_again(self, cohort):
        first = compute(cohort)
        frame = frozen_frame(first.dataset.table.content)
        found = frozen_frame(first.dataset.hashes_table.content)
        pd.testing.assert_frame_equal(patient_hashes(frame, {}), found, check_dtype=False)


class TestMinimum:
    def test_raised_it_holds_for_the_runs_before_too_and_lowered_shows_none_that_was_held(self, cohort):
        minimum(cohort, 0)
        compute(cohort)
        moved("ND-0")
        second = compute(cohort)
        assert is_shown(second)
        minimum(cohort, 3)
        assert not is_shown(second)
        moved("ND-1", "ND-2")
        third = compute(cohort)
        minimum(cohort, 2)
        assert (is_shown(second), is_shown(third)) == (False, False)


class TestHashes:
    def test_an_empty_column_and_whole_numbers_are_no_change(self):
        before = pd.DataFrame({"study_id": ["a", "b"], "n_mi": [0, 2]})
        now = pd.DataFrame({"study_id": ["a", "b"], "n_mi": [0.0, np.nan], "mg": [np.nan, np.nan]})
        hashes = [patient_hashes(frame, {})["patients"].tolist() for frame in (before, now)]
        assert hashes[0][0] == hashes[1][0]
        assert hashes[0][1] != hashes[1][1]

    def test_a_draw_counts_for_its_patient_wherever_he_stands(self):
        draws = pd.DataFrame({"patient": [1, 1], "months": [0.0, 6.0], "mg": [0.9, 1.0]})
        before = patient_hashes(pd.DataFrame({"study_id": ["a", "c"]}), {"draws": draws})
        now = patient_hashes(pd.DataFrame({"study_id": ["a", "b", "c"]}), {"draws": draws.assign(patient=2)})
        assert before["draws"].tolist()[0] == 0
        assert before["draws"].tolist()[1] == now["draws"].tolist()[2]
