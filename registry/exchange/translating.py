"""A file under its mapping becomes rows of the record; what cannot be read is refused, row by row."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial, reduce

import pandas as pd
from django.utils.translation import gettext as _

from registry.actions.bulk import COLUMNS, FileRefused, Refusal, Rows
from registry.exchange.mapping import Mapping, Part, Source
from registry.exchange.moments import day, time_of_day
from registry.exchange.numerals import has_undeclared_comma, numeral
from registry.exchange.reading import Table, tidy
from registry.models.calcification import SEGMENTS

DRAW_KEY = ["study_id", "occurred_on", "occurred_months", "occurred_time", "dialysis"]
ENROLMENT = {"patients", "consents"}
# What can be checked of a result by itself.
ALONE = ["row", "study_id", "analyte", "text", "unit"]
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass
class Translation:
    """The rows a file tells of, what it left out and why, and what could not be read.

    `unread_people` are those whose enrolment could not be read, and `unplaced` results, with their study
    number, those of draws that could not be.
    """

    rows: Rows
    n_rows: int
    unread_people: frozenset[str]
    unplaced: pd.DataFrame
    left_out: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)


def translate(table: Table, mapping: Mapping) -> Translation:
    """Read every field the mapping names; a file without its columns is refused at once."""
    _require_columns(table, mapping)
    return _Translator(table, mapping).translation()


def _require_columns(table: Table, mapping: Mapping) -> None:
    present = list(table.rows.columns)
    refusals = []
    for column in sorted(mapping.columns):
        if column in table.repeated_columns:
            message = _("Two columns have this name, so it is not clear which is meant. Rename one of them.")
        elif column not in present:
            message = _("The mapping %(mapping)s needs this column; the file has %(columns)s.")
            message %= {"mapping": mapping.name, "columns": ", ".join(present)}
        else:
            continue
        refusals.append(
            Refusal(row=mapping.header_row, field=column, value="", message=message, code="unknown")
        )
    if refusals:
        raise FileRefused(refusals)


class _Translator:
    """One file under one mapping, collecting what cannot be read."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.mapping = mapping
        self.rows = table.rows
        self.study_id = pd.Series("", index=self.rows.index, dtype="str")
        self.refusals: list[Refusal] = []
        self.unread_people: set[str] = set()
        self.left_out: Counter[str] = Counter()

    def translation(self) -> Translation:
        mapping, n_rows = self.mapping, len(self.rows)
        for keep in mapping.keep:
            is_kept = self.rows[keep.column].map(tidy).isin(keep.values)
            self.left_out[keep.why] += int((~is_kept).sum())
            self.rows = self.rows[is_kept]
        self.study_id = self._study_ids()
        if mapping.layout == "patients":
            self._leave_repeated()
        draws, results, unplaced = self._draws()
        rows = Rows(
            patients=self._patients(),
            consents=self._gather([mapping.consent] if mapping.consent else [], "consents", ["signed_on"]),
            draws=draws,
            results=results,
            readings=self._gather(mapping.calcification, "readings", [*SEGMENTS, "total_reported"]),
            outcomes=self._gather(mapping.outcomes, "outcomes", ["outcome_type"]),
            contacts=self._gather(mapping.contacts, "contacts", ["occurred_on", "occurred_months"]),
        )
        return Translation(
            rows=rows,
            n_rows=n_rows,
            unread_people=frozenset(self.unread_people),
            unplaced=unplaced,
            left_out=+self.left_out,
            refusals=self.refusals,
        )

    def _study_ids(self) -> pd.Series:
        """The study number of each row; an import never makes one, or a second import would make another."""
        source = self.mapping.patient.sources["study_id"]
        study_ids = self._texts(source, "study_id").fillna("")
        for row in study_ids.index[study_ids == ""]:
            message = _("This is needed and was left empty. Fill it in.")
            self._refuse(row, self._named(source, "study_id"), "", message, "required")
            self.unread_people.add("")
        return study_ids

    def _leave_repeated(self) -> None:
        """In a file of one row a patient, a second row under the same study number is refused unread."""
        named = self.study_id[self.study_id != ""]
        repeated = named[named.duplicated()]
        first = {study_id: row for row, study_id in named.drop_duplicates().items()}
        message = _("“%(value)s” stands in row %(first)d already. Keep one row a patient.")
        for row, study_id in repeated.items():
            said = {"value": study_id, "first": first[study_id]}
            self._refuse(row, "study_id", study_id, message % said, "duplicate")
        self.rows = self.rows.drop(index=repeated.index)
        self.study_id = self.study_id.drop(index=repeated.index)

    def _patients(self) -> pd.DataFrame:
        patients = self._readable(self.mapping.patient, "patients")
        patients["source_id"] = patients["study_id"]
        if self.mapping.layout == "patients":
            return patients
        return self._agreeing(patients, ["study_id"])

    def _gather(self, parts: Iterable[Part], table: str, telling: list[str]) -> pd.DataFrame:
        """The rows of a table, one where at least one of the telling fields says something."""
        frames = [self._readable(part, table) for part in parts]
        told = [frame[frame[frame.columns.intersection(telling)].notna().any(axis=1)] for frame in frames]
        if not told:
            return pd.DataFrame()
        gathered = pd.concat(told, ignore_index=True)
        return gathered.drop_duplicates(subset=gathered.columns.difference(["row"]))

    def _draws(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Draws and results; rows of one patient, time and side of dialysis tell of one draw.

        Third come the results, with their study number, of rows whose draw could not be read.
        """
        heads, results, unplaced = [], [], [pd.DataFrame(columns=ALONE)]
        for part in self.mapping.draws:
            head = self._readable(part, "draws")
            found = pd.concat([self._results(result) for result in part.results] or [pd.DataFrame()])
            is_placed = found.index.isin(head.index)
            unplaced.append(found[~is_placed].join(self.study_id.rename("study_id")))
            heads.append(head.loc[head.index.isin(found.index)])
            results.append(found[is_placed].join(head[head.columns.intersection(DRAW_KEY)]))
        set_aside = pd.concat([part for part in unplaced if len(part)] or unplaced[:1], ignore_index=True)
        if not heads:
            return pd.DataFrame(), pd.DataFrame(), set_aside
        head, found = pd.concat(heads), pd.concat(results)
        key = list(head.columns.intersection(DRAW_KEY))
        draws = self._agreeing(head, key).reset_index(drop=True)
        draws["draw"] = draws.index
        return draws, found.merge(draws[[*key, "draw"]], on=key, how="left"), set_aside

    def _results(self, part: Part) -> pd.DataFrame:
        """The results one entry of a draw tells of; an analyte the mapping calls null is left out."""
        n_refused = len(self.refusals)
        reported = self._texts(part.sources["value"], self._named(part.sources["value"], "value"))
        analyte = self._texts(part.sources["analyte"], "analyte")
        unit = self._texts(part.sources["unit"], "unit").fillna("")
        told = reported.notna() & analyte.notna()
        self.left_out[_("results of analytes the mapping leaves out")] += int(
            (reported.notna() & ~told).sum()
        )
        for row, code, text in zip(reported[told].index, analyte[told], reported[told], strict=True):
            if has_undeclared_comma(text, self.mapping.decimal):
                self._refuse(row, f"results.{code}", text, self._comma(text), "not_a_number")
        told &= ~self._is_refused_since(n_refused)
        return pd.DataFrame(
            {
                "row": self.rows.index[told],
                "analyte": analyte[told],
                "text": reported[told].map(lambda text: numeral(text, decimal=self.mapping.decimal)),
                "unit": unit[told],
            },
            index=self.rows.index[told],
        )

    def _agreeing(self, frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
        """One row a key; rows that tell of the same thing differently are refused."""
        distinct = frame.drop_duplicates(subset=frame.columns.difference(["row"]))
        repeated = distinct[distinct.duplicated(subset=key)]
        message = _("Another row says something else about the same patient or draw. Make them agree.")
        for row, study_id in zip(repeated["row"], repeated["study_id"], strict=True):
            self._refuse(row, "study_id", study_id, message, "duplicate")
        return distinct.drop_duplicates(subset=key)

    def _readable(self, part: Part, table: str) -> pd.DataFrame:
        """The rows of which this part could be read, so that one fault is not told twice."""
        n_refused = len(self.refusals)
        frame = self._read(part, table)
        is_refused = self._is_refused_since(n_refused)
        if table in ENROLMENT:
            self.unread_people |= set(frame["study_id"][is_refused])
        return frame[~is_refused]

    def _is_refused_since(self, n_refused: int) -> pd.Series:
        """Where a row has been refused something since there were so many refusals."""
        numbers = {refusal.row for refusal in self.refusals[n_refused:]}
        return pd.Series(self.rows.index.isin(numbers), index=self.rows.index)

    def _read(self, part: Part, table: str) -> pd.DataFrame:
        frame = pd.DataFrame({"row": self.rows.index, "study_id": self.study_id}, index=self.rows.index)
        for name, source in part.sources.items():
            if name == "study_id":
                continue
            texts, named = self._texts(source, name), self._named(source, name)
            match COLUMNS[table][name]:
                case "date":
                    days = self._parsed(texts, named, _("a date"), partial(day, formats=source.formats))
                    frame[name] = pd.to_datetime(days)
                case "whole":
                    frame[name] = self._parsed(texts, named, _("a whole number"), self._whole).astype("Int64")
                case "decimal":
                    frame[name] = self._parsed(texts, named, _("a number"), self._decimal).astype("str")
                case "time":
                    frame[name] = self._parsed(texts, named, _("a time of day"), time_of_day).astype("str")
                case "flag":
                    flags = self._parsed(texts, named, _("yes or no"), lambda text: YES_NO[text.lower()])
                    frame[name] = flags.astype("boolean")
                case _:
                    frame[name] = texts
        return frame

    def _texts(self, source: Source, name: str) -> pd.Series:
        """What a source says in each row, NA where nothing."""
        if not source.columns:
            return pd.Series(source.text or None, index=self.rows.index, dtype="str")
        missing = self.mapping.missing | source.missing
        pieces = [self.rows[column].map(tidy) for column in source.columns]
        pieces = [piece.mask(piece.isin(missing), "") for piece in pieces]
        joined = reduce(lambda left, right: left + "/" + right, pieces)
        if source.codes is None:
            return joined.mask(joined == "")
        codes = {"": None, **source.codes}
        known = ", ".join(f"“{code}”" for code in source.codes)
        for row, text in joined[~joined.isin(list(codes))].items():
            message = _("The mapping knows %(codes)s here. Correct the value, or add it to the mapping.")
            self._refuse(row, self._named(source, name), text, message % {"codes": known}, "unknown")
        return joined.map(codes).astype("str")

    def _parsed(self, texts: pd.Series, name: str, kind: str, parse: Callable[[str], object]) -> pd.Series:
        """Each text once through a parser; what it cannot read is refused and left empty."""
        meanings: dict[str, object] = {}
        for text in texts.dropna().unique():
            try:
                meanings[text] = parse(text)
            except (ValueError, KeyError):
                message = (
                    self._comma(text)
                    if has_undeclared_comma(text, self.mapping.decimal)
                    else _("This cannot be read as %s. Correct it, or list it as missing in the mapping.")
                    % kind
                )
                for row in texts.index[texts == text]:
                    self._refuse(row, name, text, message, "not_a_number")
        return texts.map(meanings)

    def _comma(self, text: str) -> str:
        message = _(
            "“%(value)s” is not a number as it stands. If the file writes a decimal comma, "
            'say so in the mapping, "file": {"decimal": ","}; if not, correct the number.'
        )
        return message % {"value": text}

    def _whole(self, text: str) -> int:
        return int(numeral(text, decimal=self.mapping.decimal))

    def _decimal(self, text: str) -> str:
        number = numeral(text, decimal=self.mapping.decimal)
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?", number):
            raise ValueError(text)
        return number

    def _named(self, source: Source, name: str) -> str:
        return ", ".join(source.columns) or name

    def _refuse(self, row: object, name: str, value: str, message: str, code: str) -> None:
        number = int(str(row))
        study_id = str(self.study_id.at[number])
        self.refusals.append(Refusal(number, name, value, message, code, study_id))
