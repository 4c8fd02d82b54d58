"""Missingness questions: what is missing, together with what, and with which outcome."""

from typing import Any

import numpy as np
import pandas as pd

from analytics import guards
from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.suppression import withhold
from tests.analytics.tables import mhd

MHD = mhd()
PLAN = load_plan("mhd")


def ask(frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    return answer(PLAN.question("missing-values") | fields, PLAN.variables, frame)


def rows(payload: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["variable"]: row for row in payload["rows"]}


def lacking(n: int, code: str = "mg", status: str | None = None) -> pd.DataFrame:
    """The table, with a variable missing in the first patients, or the first who ended so."""
    frame = mhd().assign(vit_d25=1.0, bmp7=1.0, hs_crp=1.0)
    chosen = frame.index if status is None else frame.index[frame["terminal_status"] == status]
    frame.loc[chosen[:n], code] = np.nan
    return frame


class TestRows:
    def test_counted_in_all_and_by_outcome(self) -> None:
        row = rows(ask().payload)["bmp7"]
        patients = MHD[MHD["group"] == "mhd"]
        assert (row["n"], row["count"]) == (200, int(patients["bmp7"].isna().sum()))
        assert row["by_outcome"]["yes"]["n"] == int((patients["terminal_status"] == "death_cv").sum())
        assert 0 < row["p_value"] <= row["p_adjusted"] <= 1

    def test_a_variable_without_gaps_is_not_tested(self) -> None:
        row = rows(ask().payload)["mg"]
        assert (row["count"], row["p_value"], row["reason"]) == (0, None, {"code": "nothing_missing"})

    def test_patterns_add_up_to_the_patients(self) -> None:
        payload = ask().payload
        assert sum(pattern["n"] for pattern in payload["patterns"]) == payload["n"]
        [complete] = [pattern["n"] for pattern in payload["patterns"] if not pattern["lacking"]]
        assert complete == payload["n_complete"]


class TestGuards:
    def test_missing_with_the_outcome(self) -> None:
        [said] = [guard for guard in ask(lacking(30, status="death_cv")).guards if guard["code"] == "G22"]
        assert list(said["found"]["related"]) == ["mg"]
        assert "mg" in remark(said, str).text

    def test_missing_by_chance(self) -> None:
        assert "G22" not in {guard["code"] for guard in ask().guards}

    def test_losses_of_a_model_point_here(self) -> None:
        lost = [{"name": "primary", "n": 90, "n_missing": 10}]
        said = guards.missing(lost, "name", PLAN.variables["cvd_death"])
        assert said is not None
        assert "missing-values" in remark(said, str).advice


class TestWithheld:
    def test_one_small_cell_takes_the_other_with_it(self) -> None:
        frame = lacking(2, status="death_cv")
        frame.loc[frame.index[frame["terminal_status"] == ""][:20], "mg"] = np.nan
        row = rows(withhold(ask(frame).payload, 5))["mg"]
        assert row["count"] == 22
        assert [row["by_outcome"][level]["count"] for level in ("yes", "no")] == [None, None]

    def test_patterns_are_told_only_when_none_is_small(self) -> None:
        assert withhold(ask(lacking(2)).payload, 5)["patterns"] == []
        assert len(withhold(ask(lacking(9)).payload, 5)["patterns"]) == 2


class TestShown:
    def test_bars_patterns_and_table(self) -> None:
        payload, words = ask().payload, Words(PLAN.variables)
        shares, patterns = draw("missingness", payload, words)
        [table] = tables("missingness", payload, words)
        assert (shares.name, patterns.name) == ("missing", "missing-patterns")
        assert f"{payload['n_complete']} of 200 lack nothing" in table.note
        assert len(table.rows) == 12
        assert table.columns[2:4] == ("Cardiovascular death", "No cardiovascular death")

    def test_one_patient_is_not_several(self) -> None:
        _shares, patterns = draw("missingness", ask(lacking(1)).payload, Words(PLAN.variables))
        assert ">1 patient<" in patterns.svg
        assert ">1 patients<" not in patterns.svg
