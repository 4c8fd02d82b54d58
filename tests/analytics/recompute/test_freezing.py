"""The same table gives the same bytes."""

import numpy as np
import pandas as pd
import pytest

from analytics.models import FrozenTable
from analytics.recompute.freezing import freeze, frozen_bytes, frozen_frame, serial_frames
from registry.models import LabResult

pytestmark = pytest.mark.django_db(transaction=True)


class TestFreezing:
    def test_the_same_record_gives_the_same_bytes_kept_once(self, cohort):
        first = freeze(cohort)
        kept = FrozenTable.objects.count()
        second = freeze(cohort)
        assert (first.sha256, first.hashes_table) == (second.sha256, second.hashes_table)
        assert FrozenTable.objects.count() == kept

    def test_a_changed_value_gives_another_table(self, cohort):
        before = freeze(cohort)
        LabResult.objects.filter(value="0.90").update(value="0.91")
        assert freeze(cohort).sha256 != before.sha256

    def test_draws_and_readings_are_kept_when_they_are_asked_for(self, cohort):
        assert freeze(cohort).serial_sha256 == {}
        dataset = freeze(cohort, ["draws", "readings"])
        frames = serial_frames(dataset)
        assert set(dataset.serial_sha256) == set(frames) == {"draws", "readings"}
        assert frames["draws"]["mg"].tolist() == [0.90, 1.10, 1.30]
        assert freeze(cohort, ["draws"]).serial_sha256 == {"draws": dataset.serial_sha256["draws"]}

    def test_what_comes_back_is_what_was_frozen(self):
        frame = pd.DataFrame(
            {
                "study_id": pd.Series(["a", "é"], dtype="str"),
                "status": pd.Series(["", None], dtype="str"),
                "mg": [0.1 + 0.2, np.nan],
                "n_mi": np.array([0, 2]),
                "enrolled_on": pd.to_datetime(["2024-02-29", None]).astype("datetime64[s]"),
            }
        )
        pd.testing.assert_frame_equal(frozen_frame(frozen_bytes(frame)), frame, check_exact=True)

    def test_bits_that_no_reader_sees_do_not_reach_the_hash(self):
        odd_nan = np.frombuffer(np.uint64(0x7FF8000000000123).tobytes())[0]
        one = pd.DataFrame({"mg": [np.nan, 0.0], "site": ["ND", "ND"]})
        other = pd.DataFrame(
            {"mg": [odd_nan, -0.0], "site": pd.Series(["x", "ND", "ND"], dtype="str")[1:].values}
        )
        assert frozen_bytes(one) == frozen_bytes(other)
