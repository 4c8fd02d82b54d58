import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics import NotEstimable
from analytics.statistics.longitudinal.predictors import (
    landmark_values,
    time_averages,
    time_updated_spells,
)
from analytics.statistics.survival.cox import cox

MEASUREMENTS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(-3, 12), st.integers(0, 50)),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[:2],
)


def table(rows: list[tuple[str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["patient", "time", "value"]).astype({"time": float, "value": float})


@given(MEASUREMENTS)
def test_landmark_takes_the_latest_in_the_window(rows: list[tuple[str, int, int]]) -> None:
    frame = table(rows)
    inside = frame[(frame.time <= 6) & (frame.time >= 2)].sort_values("time")
    if inside.empty:
        with pytest.raises(NotEstimable, match="no_measurements"):
            landmark_values(frame.patient, frame.time, frame.value, landmark=6, window=4)
        return
    found = landmark_values(frame.patient, frame.time, frame.value, landmark=6, window=4)
    expected = inside.groupby("patient").value.last()
    assert found.patient == tuple(expected.index)
    assert found.value.tolist() == expected.tolist()
    assert found.n_measurements.tolist() == inside.groupby("patient").size().tolist()


@given(MEASUREMENTS)
def test_average_is_the_area_over_the_time(rows: list[tuple[str, int, int]]) -> None:
    frame = table(rows)
    found = time_averages(frame.patient, frame.time, frame.value, start=-3, end=12)
    for patient, value in zip(found.patient, found.value, strict=True):
        own = frame[frame.patient == patient].sort_values("time")
        area = np.trapezoid(own.value, own.time)
        expected = own.value.iloc[0] if len(own) == 1 else area / np.ptp(own.time)
        assert value == pytest.approx(expected)


@given(MEASUREMENTS, st.lists(st.tuples(st.integers(0, 14), st.booleans()), min_size=4, max_size=4))
def test_spells_know_only_what_was_known(
    rows: list[tuple[str, int, int]], ends: list[tuple[int, bool]]
) -> None:
    frame = table(rows)
    followed = dict(zip("dbca", ends, strict=True))
    arguments = {
        "followed": list(followed),
        "end": [end for end, _ in ends],
        "event": [event for _, event in ends],
    }
    useful = [(p, t) for p, t, _ in rows if max(t, 0) < followed[p][0]]
    if not useful:
        with pytest.raises(NotEstimable, match="no_measurements"):
            time_updated_spells(frame.patient, frame.time, frame.value, **arguments)
        return
    spells = time_updated_spells(frame.patient, frame.time, frame.value, **arguments)
    assert (spells.entry < spells.time).all()
    for patient in "abcd":
        own = spells.patient == patient
        before = frame[(frame.patient == patient) & (frame.time < followed[patient][0])]
        assert own.any() == any(p == patient for p, _ in useful)
        if own.any():
            entry, time, event = spells.entry[own], spells.time[own], spells.event[own]
            assert (entry[1:] == time[:-1]).all()
            assert (time[-1], bool(event[-1])) == followed[patient]
            assert not event[:-1].any()
            for start, value in zip(entry, spells.value[own], strict=True):
                latest = before[before.time <= start].sort_values("time").value.iloc[-1]
                assert value == latest


def test_a_single_measurement_gives_the_ordinary_model() -> None:
    rng = np.random.default_rng(1)
    value, end, event = rng.normal(size=50), rng.exponential(5, 50), rng.integers(0, 2, 50)
    names = [f"P{k:02}" for k in range(50)]
    spells = time_updated_spells(names, np.zeros(50), value, followed=names, end=end, event=event)
    updated = cox(spells.time, spells.event, spells.value[:, None], entry=spells.entry)
    assert updated.coefficients == pytest.approx(cox(end, event, value[:, None]).coefficients)


def test_several_measurements_at_one_time_are_averaged() -> None:
    found = landmark_values(["a", "a"], [1, 1], [2.0, 4.0], landmark=2, window=2)
    assert found.value.tolist() == [3.0]


@pytest.mark.parametrize(
    ("patient", "time", "value", "reason"),
    [
        ([], [], [], "no_measurements"),
        (["a", None], [0, 1], [1, 2], "missing"),
        (["a", "b"], [0, 1], [1, np.nan], "missing"),
        (["a", "b"], [0, np.inf], [1, 2], "infinite"),
        (["a", "b"], [0, 1], ["low", "high"], "not_numeric"),
        (["a"], [0, 1], [1, 2], "unequal_lengths"),
    ],
)
def test_refusals(patient: object, time: object, value: object, reason: str) -> None:
    for compute in (
        lambda: landmark_values(patient, time, value, landmark=5, window=5),
        lambda: time_averages(patient, time, value, start=0, end=5),
        lambda: time_updated_spells(patient, time, value, followed=["a", "b"], end=[3, 4], event=[1, 0]),
    ):
        with pytest.raises(NotEstimable) as refusal:
            compute()
        assert refusal.value.reason == reason


def test_a_patient_followed_twice_is_refused() -> None:
    with pytest.raises(NotEstimable, match="duplicate_patients"):
        time_updated_spells(["a"], [0], [1.0], followed=["a", "a"], end=[3, 4], event=[1, 0])
