"""The patients of a block and their consent."""

from typing import Any

import pandas as pd
from django.utils.translation import gettext as _

from registry.actions.bulk import screens
from registry.actions.bulk.block import Block, plain
from registry.actions.bulk.copying import copy_frames, reserve_ids
from registry.actions.bulk.rows import COLUMNS, records
from registry.actions.patients import enrol_patient
from registry.models import Consent, Patient

FIELDS = [name for name in COLUMNS["patients"] if name not in {"study_id", "site", "group"}]
DATES = {"enrolled_on", "dialysis_started_on"}
CONSENT = ("form_code", "version", "signed_on")


def load_patients(block: Block) -> None:
    """Enrol the patients of a block; those refused are remembered, so that their course is passed over."""
    setting = block.setting
    consents = _of_new_patients(block).drop_duplicates("study_id").set_index("study_id")
    patients = _of_design(block)
    patients = patients.assign(signed_on=consents["signed_on"].reindex(patients["study_id"]).array)
    suspects = _suspects(block, patients)
    odd = screens.unusual_fields(Consent, consents, ["form_code", "version"])
    suspects |= patients["study_id"].isin(consents.index[odd])
    fresh = patients[~suspects].copy()
    fresh["id"] = reserve_ids("patients", len(fresh))
    keys = fresh.set_index("study_id")["id"]
    signed = block.rows.consents[block.rows.consents["study_id"].isin(fresh["study_id"])]
    copy_frames({"patients": fresh, "consents": signed.assign(patient_id=signed["study_id"].map(keys))})
    block.loaded.counts["patients"] += len(fresh)
    block.loaded.counts["consents"] += len(signed)
    for row in records(patients[suspects]):
        study_id = row["study_id"]
        consent: dict[str, Any] | None = None
        if study_id in consents.index:
            consent = {name: plain(consents.at[study_id, name]) for name in CONSENT}
        is_enrolled = block.through_action(
            "patients",
            row,
            enrol_patient,
            cohort=block.cohort,
            site=setting.sites[row["site"]],
            group=setting.groups[row["group"]],
            study_id=study_id,
            consent=consent,
            **{name: plain(row[name]) for name in FIELDS},
        )
        if is_enrolled:
            block.loaded.counts["consents"] += consent is not None
        elif study_id not in block.people.index:
            block.refused_people.add(study_id)
    block.read_people()


def _of_new_patients(block: Block) -> pd.DataFrame:
    """The consents given at enrolment; one that comes later is not for a file to add."""
    consents = block.rows.consents
    is_new = block.is_new(consents)
    message = _("“%(value)s”: the patient is enrolled already. A consent is added by enrolment alone.")
    for row in records(consents[~is_new]):
        block.refuse(row, "consent", row["form_code"], message % {"value": row["form_code"]}, "not_allowed")
    return consents[is_new]


def _of_design(block: Block) -> pd.DataFrame:
    """The patients whose site and group are the cohort's, with their keys; the others are refused."""
    setting = block.setting
    told = _enrolling(block)
    patients = told.assign(
        cohort_id=block.cohort.pk,
        site_id=told["site"].map({code: site.pk for code, site in setting.sites.items()}),
        group_id=told["group"].map({code: group.pk for code, group in setting.groups.items()}),
    )
    for name, message in (
        ("site", _("The site “%(value)s” takes no part in this cohort. Choose one that does.")),
        ("group", _("The group “%(value)s” is not of this cohort. Choose one of its groups.")),
    ):
        for row in records(patients[patients[f"{name}_id"].isna()]):
            block.refuse(row, name, row[name], message % {"value": row[name]}, "unknown")
            block.refused_people.add(row["study_id"])
    return patients.dropna(subset=["site_id", "group_id"])


def _enrolling(block: Block) -> pd.DataFrame:
    """The patients told of with a site or a group; a bare study number means somebody enrolled before."""
    told = block.rows.patients
    is_bare = (told["site"] == "") & (told["group"] == "")
    message = _("There is no patient “%(value)s” in this cohort. Enrol the patient first.")
    for row in records(told[is_bare]):
        block.refuse(row, "study_id", row["study_id"], message % {"value": row["study_id"]}, "unknown")
        block.refused_people.add(row["study_id"])
    return told[~is_bare]


def _suspects(block: Block, patients: pd.DataFrame) -> pd.Series:
    groups = {code: group.on_dialysis for code, group in block.setting.groups.items()}
    on_dialysis = patients["group"].map(groups).astype(bool)
    today = pd.to_datetime(patients["site"].map(block.today)).astype("datetime64[s]")
    suspects = screens.unusual_fields(Patient, patients, [name for name in FIELDS if name not in DATES])
    suspects |= screens.unusual_design(patients, on_dialysis, block.cohort.required_fields)
    suspects |= screens.unusual_enrolment(patients, is_relative=block.cohort.is_relative, today=today)
    suspects |= patients["study_id"].duplicated(keep=False) | patients["study_id"].isin(block.people.index)
    if block.setting.needs_consent:
        suspects |= patients["signed_on"].isna()
    return suspects
