"""What happened to the patients of a block: outcomes, draws, readings, contacts."""

import pandas as pd

from registry.actions.bulk import screens
from registry.actions.bulk.block import Block, plain
from registry.actions.bulk.copying import reserve_ids
from registry.actions.bulk.results import ReadResults, read_results, refused_alone
from registry.actions.bulk.rows import COLUMNS, records
from registry.actions.calcification import record_calcification
from registry.actions.contacts import record_contact
from registry.actions.labs import record_lab_draw
from registry.actions.outcomes import ICD10, record_outcome
from registry.models import CalcificationReading, Contact, LabDraw, OutcomeEvent
from registry.models.calcification import SEGMENTS

MOMENT = ("occurred_on", "occurred_months")
DRAW_KEY = ["study_id", *MOMENT, "occurred_time", "dialysis"]
DRAW_FIELDS = [name for name in COLUMNS["draws"] if name not in {"study_id", "draw", "recorded_id"}]
DRAW_CHECKED = ["occurred_months", "occurred_time", "dialysis", "interdialytic_gap", "laboratory"]
READING_CHECKED = ["occurred_months", "modality", "reader", *SEGMENTS, "total_reported"]
OUTCOME_CHECKED = ["occurred_months", "precision", "source", "cause_reported"]
OUTCOME_FIELDS = [name for name in COLUMNS["outcomes"] if name not in {"study_id", "outcome_type"}]


def load_outcomes(block: Block) -> None:
    """Ends of follow-up first, so that what comes after them is found."""
    ends = [code for code, kind in block.setting.outcomes.items() if kind.is_terminal]
    is_end = block.rows.outcomes["outcome_type"].isin(ends)
    _load_outcomes(block, block.rows.outcomes[is_end], are_ends=True)
    block.read_people()
    _load_outcomes(block, block.rows.outcomes[~is_end], are_ends=False)


def _load_outcomes(block: Block, told: pd.DataFrame, *, are_ends: bool) -> None:
    outcomes, people = block.of_people(told)
    suspects = block.unusual_moment(outcomes, people, after_enrolment=True)
    suspects |= screens.unusual_fields(OutcomeEvent, outcomes, OUTCOME_CHECKED)
    suspects |= ~outcomes["outcome_type"].isin(list(block.setting.outcomes))
    suspects |= ~(screens.empty(outcomes["icd10"]) | outcomes["icd10"].str.fullmatch(ICD10.pattern))
    if are_ends:
        suspects |= outcomes["study_id"].duplicated(keep=False) | ~block.is_new(outcomes)
    fresh = outcomes[~suspects]
    fresh = fresh.assign(
        patient_id=people["id"][~suspects], outcome_type_id=fresh["outcome_type"], is_terminal=are_ends
    )
    block.copy("outcomes", fresh)
    for row, patient in block.with_patients(outcomes[suspects]):
        given = {name: plain(row[name]) for name in OUTCOME_FIELDS}
        kind = row["outcome_type"]
        block.through_action("outcomes", row, record_outcome, patient=patient, outcome_type=kind, **given)


def load_draws(block: Block) -> None:
    """Draws with their results; a result refused leaves the others of its draw."""
    draws, people = block.of_people(block.rows.draws)
    is_placed = block.rows.results["draw"].isin(draws["draw"])
    results = block.rows.results[is_placed]
    owner = block.rows.draws.set_index("draw")["study_id"]
    unplaced = block.rows.results[~is_placed]
    block.loaded.refusals += refused_alone(unplaced.assign(study_id=unplaced["draw"].map(owner)))
    read = read_results(results, results["draw"].map(people["group"].set_axis(draws["draw"])), block.setting)
    groups = {code: group.on_dialysis for code, group in block.setting.groups.items()}
    suspects = block.unusual_moment(draws, people)
    suspects |= screens.unusual_fields(LabDraw, draws, DRAW_CHECKED)
    suspects |= draws["dialysis"].isin(["pre", "post"]) & ~people["group"].map(groups).astype(bool)
    suspects |= draws.duplicated(DRAW_KEY) | ~block.is_new(draws)
    suspects &= draws["recorded_id"].isna()
    suspects |= draws["draw"].isin(read.odd_draws)
    _copy_draws(block, draws[~suspects], people, read)
    refused = read.refused.merge(draws[~suspects][["draw", "study_id"]], on="draw")
    for row in records(refused):
        block.refuse_for(row, read.errors[row["reading"]], f"results.{row['analyte']}", row["text"])
    _record_draws(block, draws[suspects], results)


def _copy_draws(block: Block, draws: pd.DataFrame, people: pd.DataFrame, read: ReadResults) -> None:
    fresh = draws[draws["recorded_id"].isna() & draws["draw"].isin(read.accepted["draw"])]
    fresh = fresh.assign(
        id=reserve_ids("draws", len(fresh)),
        patient_id=people["id"][fresh.index],
        occurred_time=fresh["occurred_time"].mask(fresh["occurred_time"] == ""),
    )
    block.copy("draws", fresh)
    recorded = draws[draws["recorded_id"].notna()].set_index("draw")["recorded_id"]
    keys = pd.concat([fresh.set_index("draw")["id"].astype("Int64"), recorded])
    accepted = read.accepted[read.accepted["draw"].isin(keys.index)]
    block.copy("results", accepted.assign(draw_id=accepted["draw"].map(keys)))
    block.loaded.n_flagged += int(accepted["is_flagged"].sum())


def _record_draws(block: Block, draws: pd.DataFrame, results: pd.DataFrame) -> None:
    for row, patient in block.with_patients(draws):
        given = {name: plain(row[name]) for name in DRAW_FIELDS}
        given["occurred_time"] = given["occurred_time"] or None
        reported = records(results[results["draw"] == row["draw"]])
        values = [
            {"analyte": result["analyte"], "value": result["text"], "unit": result["unit"]}
            for result in reported
        ]
        parts: dict[str, list[int]] = {}
        for result in reported:
            parts.setdefault(f"results.{result['analyte']}", []).append(result["row"])
        if block.through_action(
            "draws", row, record_lab_draw, parts=parts, patient=patient, results=values, **given
        ):
            block.loaded.counts["results"] += len(values)


def load_readings(block: Block) -> None:
    readings, people = block.of_people(block.rows.readings)
    suspects = block.unusual_moment(readings, people)
    suspects |= screens.unusual_fields(CalcificationReading, readings, READING_CHECKED)
    suspects |= screens.unusual_grades(readings)
    fresh = readings[~suspects]
    fresh = fresh.assign(patient_id=people["id"][~suspects], unreadable="{" + fresh["unreadable"] + "}")
    block.copy("readings", fresh)
    for row, patient in block.with_patients(readings[suspects]):
        given = {name: plain(row[name]) for name in (*MOMENT, "modality", "reader", "total_reported")}
        given["unreadable"] = [segment for segment in row["unreadable"].split(",") if segment]
        grades = {segment: plain(row[segment]) for segment in SEGMENTS}
        block.through_action("readings", row, record_calcification, patient=patient, segments=grades, **given)


def load_contacts(block: Block) -> None:
    contacts, people = block.of_people(block.rows.contacts)
    suspects = block.unusual_moment(contacts, people)
    suspects |= screens.unusual_fields(Contact, contacts, ["occurred_months", "kind", "note"])
    block.copy("contacts", contacts[~suspects].assign(patient_id=people["id"][~suspects]))
    for row, patient in block.with_patients(contacts[suspects]):
        given = {name: plain(row[name]) for name in (*MOMENT, "kind", "note")}
        block.through_action("contacts", row, record_contact, patient=patient, **given)
