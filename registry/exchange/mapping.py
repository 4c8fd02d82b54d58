"""A mapping: which column of a file is what. Data files in mappings/, read strictly; a broken one is refused.

A mapping is a JSON object:

    name, title, source    what it reads, where the file comes from and on what terms
    file                   optional: sheet, header_row, missing (texts), decimal ("." or ","; a decimal
                           comma is refused unless said)
    layout                 "patients": one row a patient; "results": one row a laboratory result
    keep                   optional [{column, values, why}]: other rows are left out, and counted
    cohort                 optional: the cohort to create where there is none of that name, with its sites
                           and groups; every other key is a field of Cohort, plan among them
    patient                {field of Patient, or site, or group: SOURCE}; study_id is needed
    consent                optional {form_code, version, signed_on: SOURCE}
    draws                  [{TIME, dialysis, ...: SOURCE, results: [{analyte, value, unit: SOURCE}]}]
    calcification          [{TIME, modality, reader, the eight segments, total_reported: SOURCE}]
    outcomes               [{outcome_type, TIME, precision, source, ...: SOURCE}]
    contacts               [{kind, TIME, note: SOURCE}]

TIME is occurred_on in a calendar cohort and occurred_months in a relative one.
SOURCE is a text (the same for every row) or an object:

    {"column": "RIAGENDR"}                                 the text of the column
    {"column": "RIAGENDR", "codes": {"1": "male"}}         translated; null says nothing, the rest is refused
    {"columns": ["SMQ020", "SMQ040"], "codes": {"1/3": …}} translated together, joined by a stroke
    "missing": [texts]                                     beside the file's own texts for nothing recorded
    "formats": ["%d/%m/%Y"]                                how dates are written; ISO 8601 unless said
"""

import json
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registry.models import CalcificationReading, Cohort, Contact, LabDraw, OutcomeEvent, Patient
from registry.models.calcification import SEGMENTS

FOLDER = Path(__file__).parent / "mappings"

TIMES = {"occurred_on", "occurred_months"}
FIELDS = {
    "patient": {
        *("study_id", "site", "group", "sex", "birth_year", "birth_month", "age_reported", "enrolled_on"),
        *("dialysis_started_on", "modality", "sessions_per_week", "session_minutes", "vascular_access"),
        *("diabetes", "hypertension", "smoking", "prior_cvd"),
    },
    "consent": {"form_code", "version", "signed_on"},
    "draws": {
        *TIMES,
        *(
            "occurred_time",
            "dialysis",
            "interdialytic_gap",
            "is_fasting",
            "is_haemolysed",
            "laboratory",
            "results",
        ),
    },
    "results": {"analyte", "value", "unit"},
    "calcification": {*TIMES, "modality", "reader", *SEGMENTS, "total_reported"},
    "outcomes": {*TIMES, "outcome_type", "precision", "source", "icd10", "cause_reported", "is_adjudicated"},
    "contacts": {*TIMES, "kind", "note"},
}
CHOICES = {
    ("patient", "sex"): Patient.Sex,
    ("patient", "diabetes"): Patient.Diabetes,
    ("patient", "hypertension"): Patient.YesNo,
    ("patient", "smoking"): Patient.Smoking,
    ("patient", "prior_cvd"): Patient.YesNo,
    ("patient", "modality"): Patient.Modality,
    ("patient", "vascular_access"): Patient.VascularAccess,
    ("draws", "dialysis"): LabDraw.Dialysis,
    ("draws", "interdialytic_gap"): LabDraw.Gap,
    ("calcification", "modality"): CalcificationReading.Modality,
    ("outcomes", "precision"): OutcomeEvent.Precision,
    ("outcomes", "source"): OutcomeEvent.Source,
    ("contacts", "kind"): Contact.Kind,
}
COHORT_FIELDS = {item.name for item in Cohort._meta.concrete_fields} - {"id"} | {"sites", "groups"}


@dataclass(frozen=True)
class Source:
    """Where the value of one field comes from: columns of the file, or one text for every row."""

    columns: tuple[str, ...] = ()
    text: str = ""
    codes: Lookup[str, str | None] | None = None
    missing: frozenset[str] = frozenset()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One thing a row tells of: a draw, a reading, an outcome, a contact, the patient."""

    sources: Lookup[str, Source]
    results: tuple["Part", ...] = ()


@dataclass(frozen=True)
class Keep:
    """Rows are kept whose column holds one of the values."""

    column: str
    values: frozenset[str]
    why: str


@dataclass(frozen=True)
class Mapping:
    """A mapping as read from its file."""

    name: str
    title: str
    source: str
    layout: str
    patient: Part
    sheet: str = ""
    header_row: int = 1
    missing: frozenset[str] = frozenset()
    decimal: str = ""
    keep: tuple[Keep, ...] = ()
    cohort: Lookup[str, Any] | None = None
    consent: Part | None = None
    draws: tuple[Part, ...] = ()
    calcification: tuple[Part, ...] = ()
    outcomes: tuple[Part, ...] = ()
    contacts: tuple[Part, ...] = ()
    columns: frozenset[str] = field(default_factory=frozenset)


def mapping_names() -> list[str]:
    """The shipped mappings."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load_mapping(name: str) -> Mapping:
    """Read a shipped mapping by its name, or one's own by the path of its file."""
    path = Path(name) if name.endswith(".json") else FOLDER / f"{name}.json"
    if not path.is_file():
        message = _(
            "There is no mapping %(name)s. Shipped: %(names)s; or give the path of your own .json file."
        )
        raise ValidationError({"mapping": message % {"name": name, "names": ", ".join(mapping_names())}})
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _broken(path.name, "", _("it is not JSON (%s)") % error) from error
    return _Reader(path.name).mapping(document)


def _broken(file: str, place: str, why: str) -> ValidationError:
    message = _("The mapping %(file)s is broken at %(place)s: %(why)s.")
    return ValidationError({"mapping": message % {"file": file, "place": place or "/", "why": why}})


class _Reader:
    """Reads one document, knowing where it is, so that a refusal can say so."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.columns: set[str] = set()

    def mapping(self, document: Any) -> Mapping:
        top = self._object(
            document,
            "",
            needed={"name", "title", "layout", "patient"},
            known={
                "source",
                "file",
                "keep",
                "cohort",
                "consent",
                "draws",
                "calcification",
                "outcomes",
                "contacts",
            },
        )
        if top["layout"] not in {"patients", "results"}:
            raise _broken(self.file, "layout", _('it is "patients" or "results"'))
        shape = self._object(top.get("file", {}), "file", known={"sheet", "header_row", "missing", "decimal"})
        if shape.get("decimal", "") not in {"", ".", ","}:
            raise _broken(self.file, "file.decimal", _('it is "." or ","'))
        patient = self._part(top["patient"], "patient", "patient")
        if "study_id" not in patient.sources:
            raise _broken(self.file, "patient", _("study_id is needed"))
        parts = {
            kind: tuple(
                self._part(item, kind, f"{kind}[{position}]")
                for position, item in enumerate(self._list(top, kind))
            )
            for kind in ("draws", "calcification", "outcomes", "contacts")
        }
        return Mapping(
            name=top["name"],
            title=top["title"],
            source=top.get("source", ""),
            layout=top["layout"],
            sheet=shape.get("sheet", ""),
            header_row=shape.get("header_row", 1),
            missing=frozenset(shape.get("missing", [])),
            decimal=shape.get("decimal", ""),
            keep=tuple(
                self._keep(item, f"keep[{position}]") for position, item in enumerate(self._list(top, "keep"))
            ),
            cohort=self._cohort(top["cohort"]) if "cohort" in top else None,
            patient=patient,
            consent=self._part(top["consent"], "consent", "consent") if "consent" in top else None,
            columns=frozenset(self.columns),
            **parts,
        )

    def _object(
        self, value: Any, place: str, *, known: set[str], needed: set[str] | None = None
    ) -> dict[str, Any]:
        needed = needed or set()
        if not isinstance(value, dict):
            raise _broken(self.file, place, _("an object is expected"))
        if missing := needed - value.keys():
            raise _broken(self.file, place, _("%s is needed") % ", ".join(sorted(missing)))
        if unknown := value.keys() - known - needed:
            names = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(sorted(known | needed))}
            raise _broken(self.file, place, _("%(unknown)s is not known; there are %(known)s") % names)
        return value

    def _list(self, owner: dict[str, Any], key: str) -> list[Any]:
        value = owner.get(key, [])
        if not isinstance(value, list):
            raise _broken(self.file, key, _("a list is expected"))
        return value

    def _keep(self, item: Any, place: str) -> Keep:
        rule = self._object(item, place, known=set(), needed={"column", "values", "why"})
        self.columns.add(rule["column"])
        return Keep(column=rule["column"], values=frozenset(rule["values"]), why=rule["why"])

    def _cohort(self, item: Any) -> dict[str, Any]:
        definition = self._object(
            item, "cohort", known=COHORT_FIELDS, needed={"slug", "name", "sites", "groups"}
        )
        for key in ("sites", "groups"):
            if not self._list(definition, key):
                raise _broken(self.file, f"cohort.{key}", _("at least one is needed"))
        return definition

    def _part(self, item: Any, kind: str, place: str) -> Part:
        value = self._object(item, place, known=FIELDS[kind])
        if FIELDS[kind] >= TIMES and len(TIMES & value.keys()) != 1:
            raise _broken(self.file, place, _("one of occurred_on and occurred_months is needed"))
        results = tuple(
            self._part(result, "results", f"{place}.results[{position}]")
            for position, result in enumerate(self._list(value, "results"))
        )
        if kind == "results" and value.keys() != FIELDS["results"]:
            raise _broken(self.file, place, _("analyte, value and unit are needed"))
        sources = {name: self._source(value[name], kind, name, place) for name in value if name != "results"}
        return Part(sources=sources, results=results)

    def _source(self, item: Any, kind: str, name: str, place: str) -> Source:
        place = f"{place}.{name}"
        if isinstance(item, str):
            source = Source(text=item)
        else:
            value = self._object(item, place, known={"column", "columns", "codes", "missing", "formats"})
            if ("column" in value) == ("columns" in value):
                raise _broken(self.file, place, _('either "column" or "columns" is needed'))
            columns = tuple(value["columns"]) if "columns" in value else (value["column"],)
            if len(columns) > 1 and "codes" not in value:
                raise _broken(self.file, place, _("columns read together need codes"))
            source = Source(
                columns=columns,
                codes=value.get("codes"),
                missing=frozenset(value.get("missing", [])),
                formats=tuple(value.get("formats", [])),
            )
            self.columns.update(columns)
        choices = CHOICES.get((kind, name))
        meanings = [source.text] if source.codes is None else source.codes.values()
        wrong = {meaning for meaning in meanings if meaning} - set(choices.values if choices else ())
        if choices and wrong:
            found = {"wrong": ", ".join(sorted(wrong)), "choices": ", ".join(choices.values)}
            raise _broken(self.file, place, _("%(wrong)s is not one of %(choices)s") % found)
        return source
