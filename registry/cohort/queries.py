"""The set-based SQL behind a cohort's table; every statement sees the same patients the same way.

Time runs in days from the index date in a calendar cohort, in months from day 0 in a relative one.
"""

from registry.models import Cohort
from registry.models.calcification import SEGMENTS

INDEX_ON: dict[str, str] = {
    Cohort.IndexDate.ENROLMENT: "p.enrolled_on",
    Cohort.IndexDate.DIALYSIS_START: "p.dialysis_started_on",
    Cohort.IndexDate.DAY_ZERO: "NULL::date",
}

# Consent lasts while any signed form stands; once all are withdrawn it ended with the last of them.
PATIENT = """
WITH patient AS (
    SELECT p.*, {index_on} AS index_on, consent.patient_id IS NOT NULL AS has_consent, consent.ended_on
    FROM registry_patient p
    LEFT JOIN (
        SELECT patient_id, CASE WHEN bool_and(withdrawn_on IS NOT NULL) THEN max(withdrawn_on) END AS ended_on
        FROM registry_consent GROUP BY patient_id
    ) consent ON consent.patient_id = p.id
    WHERE p.cohort_id = %(cohort)s
)
"""

PATIENTS = """
SELECT patient.id, patient.study_id, site.code AS site, design.code AS "group", patient.sex,
    patient.birth_year, patient.birth_month, patient.age_reported::float8 AS age_reported,
    patient.enrolled_on, patient.dialysis_started_on,
    patient.diabetes, patient.hypertension, patient.smoking, patient.prior_cvd,
    patient.index_on, patient.has_consent, patient.ended_on
FROM patient
JOIN registry_site site ON site.id = patient.site_id
JOIN registry_cohortgroup design ON design.id = patient.group_id
ORDER BY patient.study_id COLLATE "C"
"""

# The draws of the baseline window, nearest to the index date first; of two as near the earlier.
NEAREST_DRAWS = """
, draw AS MATERIALIZED (
    SELECT r.id, r.patient_id, r.dialysis, row_number() OVER (
        ORDER BY r.patient_id, abs({time}), {time}, r.occurred_time NULLS LAST, r.id
    ) - 1 AS position
    FROM patient JOIN registry_labdraw r ON r.patient_id = patient.id
    WHERE {in_window}
)
"""

# Every draw from the window's beginning on, in the order of time.
SERIAL_DRAWS = """
, draw AS MATERIALIZED (
    SELECT r.id, r.patient_id, r.dialysis, ({time})::float8 AS time, row_number() OVER (
        ORDER BY r.patient_id, {time}, r.occurred_time NULLS LAST, r.id
    ) - 1 AS position
    FROM patient JOIN registry_labdraw r ON r.patient_id = patient.id
    WHERE {since_window}
)
"""

# Results come as lines of a thousand draws at a time: row by row the driver would take longer than the
# database.
RESULTS = """
SELECT string_agg(
    concat_ws(
        ',', draw.patient_id, draw.position, result.analyte_id, result.value::float8, result.comparator
    ),
    E'\\n'
)
FROM draw
JOIN registry_labresult result ON result.draw_id = draw.id
WHERE draw.dialysis <> 'post'
    OR result.analyte_id NOT IN (SELECT code FROM registry_analyte WHERE timing = 'pre-dialysis')
GROUP BY draw.position / 1000
"""
DRAWN = """
SELECT patient_id, time FROM draw ORDER BY position
"""
BASELINE_RESULTS = NEAREST_DRAWS + RESULTS
SERIAL_DRAWN = SERIAL_DRAWS + DRAWN
SERIAL_RESULTS = SERIAL_DRAWS + RESULTS
LAB_RESULT_COLUMNS = "patient_id,position,code,value,comparator"

# A reading whose total is unknown gives way to the nearest one that has a total.
CALCIFICATION = """
SELECT DISTINCT ON (r.patient_id) r.patient_id, coalesce(r.total_reported, {segment_sum}) AS aac24,
    {segments}
FROM patient JOIN registry_calcificationreading r ON r.patient_id = patient.id
WHERE coalesce(r.total_reported, {segment_sum}) IS NOT NULL AND {in_window}
ORDER BY r.patient_id, abs({time}), {time}, r.id
"""

READINGS = """
SELECT r.patient_id, ({time})::float8 AS time, r.reader, r.modality,
    coalesce(r.total_reported, {segment_sum}) AS aac24, {segments}
FROM patient JOIN registry_calcificationreading r ON r.patient_id = patient.id
WHERE {since_window}
ORDER BY r.patient_id, {time}, r.id
"""

EVENTS = """
SELECT r.patient_id, r.outcome_type_id AS code, r.is_terminal, ({time})::float8 AS time
FROM patient JOIN registry_outcomeevent r ON r.patient_id = patient.id
WHERE {time} IS NOT NULL AND {consented}
ORDER BY r.patient_id, {time}, r.id
"""

SIGHTINGS = """
SELECT seen.patient_id, max(seen.time)::float8 AS time
FROM ({sightings}) seen
GROUP BY seen.patient_id
"""

SEEN_IN = """
    SELECT r.patient_id, {time} AS time
    FROM patient JOIN {table} r ON r.patient_id = patient.id WHERE {consented}
"""

AFTER_CONSENT = """
SELECT
    (SELECT count(*) FROM patient JOIN registry_outcomeevent r ON r.patient_id = patient.id
        WHERE NOT {consented}) AS event_after_consent,
    (SELECT count(*) FROM patient JOIN registry_labdraw r ON r.patient_id = patient.id
        WHERE NOT {consented})
    + (SELECT count(*) FROM patient JOIN registry_calcificationreading r ON r.patient_id = patient.id
        WHERE NOT {consented}) AS measurement_after_consent
"""

TIMED_TABLES = (
    "registry_contact",
    "registry_labdraw",
    "registry_calcificationreading",
    "registry_outcomeevent",
)


def statement(query: str, cohort: Cohort) -> str:
    """A query of this module for the time scale and index date of a cohort."""
    time = "r.occurred_months" if cohort.is_relative else "(r.occurred_on - patient.index_on)"
    consented = "(r.occurred_on IS NULL OR patient.ended_on IS NULL OR r.occurred_on <= patient.ended_on)"
    before_lock = "(r.occurred_on IS NULL OR %(lock)s::date IS NULL OR r.occurred_on <= %(lock)s::date)"
    segments = [f"r.{segment}" for segment in SEGMENTS]
    sightings = [SEEN_IN.format(table=table, time=time, consented=consented) for table in TIMED_TABLES]
    index_on = "NULL::date" if cohort.is_relative else INDEX_ON[cohort.index_date]
    return PATIENT.format(index_on=index_on) + query.format(
        time=time,
        consented=consented,
        in_window=f"{time} BETWEEN -%(before)s AND %(after)s AND {consented} AND {before_lock}",
        since_window=f"{time} >= -%(before)s AND {consented} AND {before_lock}",
        segments=", ".join(segments),
        segment_sum=" + ".join(segments),
        sightings=" UNION ALL ".join(sightings),
    )
