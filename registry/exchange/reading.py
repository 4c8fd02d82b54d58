"""Read a table from a file as text, whatever its encoding or delimiter; nothing is guessed to be a number."""

import codecs
import csv
import datetime
import gzip
import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import python_calamine
from django.utils.translation import gettext as _

from registry.actions.bulk import FileRefused, Refusal

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Table:
    """The rows of a file as text; the index is the row number a spreadsheet shows."""

    rows: pd.DataFrame
    repeated_columns: frozenset[str]
    encoding: str


def read_table(path: Path, *, sheet: str = "", header_row: int = 1) -> Table:
    """Read a CSV (also gzipped) or XLSX file; a file that cannot be read whole is refused."""
    if not path.is_file():
        raise _refused(path, _("There is no file %(path)s. Check the path.") % {"path": path}, "required")
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"}:
        records, encoding = _spreadsheet_records(path, sheet), path.suffix.upper().lstrip(".")
    else:
        text, encoding = _decoded(path)
        records = _delimited_records(path, text, header_row)
    return _table(path, records, encoding, header_row)


def tidy(cell: str) -> str:
    """Full-width digits and signs as plain ones, without the blanks around."""
    return unicodedata.normalize("NFKC", cell).strip()


def _refused(path: Path, message: str, code: str, row: int | None = None) -> FileRefused:
    return FileRefused([Refusal(row=row, field=path.name, value="", message=message, code=code)])


def _decoded(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError) as error:
            raise _refused(
                path, _("The compressed file is damaged (%s). Fetch it again.") % error, "file"
            ) from error
    is_utf_16 = content[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    encodings = {"UTF-16": "utf-16"} if is_utf_16 else {"UTF-8": "utf-8-sig", "GB18030": "gb18030"}
    for name, encoding in encodings.items():
        try:
            return content.decode(encoding), name
        except UnicodeDecodeError:
            continue
    raise _refused(path, _("The text is neither UTF-8 nor GB18030. Save the file as UTF-8."), "file")


def _delimited_records(path: Path, text: str, header_row: int) -> list[list[str]]:
    lines = text.splitlines()
    header = lines[header_row - 1] if len(lines) >= header_row else ""
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
    except csv.Error as error:
        message = _("The row cannot be read as delimited text (%s). Mend its quotes.") % error
        raise _refused(path, message, "file", row=len(records) + 1) from error
    return records


def _spreadsheet_records(path: Path, sheet: str) -> list[list[str]]:
    try:
        with python_calamine.load_workbook(str(path)) as workbook:
            name = sheet or workbook.sheet_names[0]
            if name not in workbook.sheet_names:
                message = _("There is no sheet %(sheet)s; there are %(sheets)s. Name one in the mapping.")
                found = {"sheet": name, "sheets": ", ".join(workbook.sheet_names)}
                raise _refused(path, message % found, "unknown")
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as error:
        raise _refused(
            path, _("The workbook cannot be read (%s). Save it again as XLSX.") % error, "file"
        ) from error
    return [[_cell_text(cell) for cell in row] for row in rows]


def _cell_text(cell: object) -> str:
    """A cell as a person reads it: a spreadsheet holds 15 digits, and 1 as 1.0."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return format(cell, ".15g")
    if isinstance(cell, datetime.datetime):
        return (
            cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(timespec="minutes")
        )
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell)


def _table(path: Path, records: list[list[str]], encoding: str, header_row: int) -> Table:
    if len(records) < header_row or not any(map(str.strip, records[header_row - 1])):
        raise _refused(
            path, _("Row %d holds no column names. Say in the mapping which row does.") % header_row, "file"
        )
    header = [tidy(name) for name in records[header_row - 1]]
    while header and not header[-1]:
        header.pop()
    broken: list[Refusal] = []
    kept: dict[int, list[str]] = {}
    for number, record in enumerate(records[header_row:], start=header_row + 1):
        if not any(map(str.strip, record)):
            continue
        spare = record[len(header) :]
        if len(record) < len(header) or any(map(str.strip, spare)):
            message = _(
                "The row has %(found)d fields, the header %(expected)d. Mend its delimiters or quotes."
            )
            counts = {"found": len(record), "expected": len(header)}
            broken.append(
                Refusal(row=number, field=path.name, value="", message=message % counts, code="file")
            )
        kept[number] = record[: len(header)]
    if broken:
        raise FileRefused(broken)
    if not kept:
        raise _refused(
            path,
            _("The file has no rows below its column names, so there is nothing to read. Export it again."),
            "required",
        )
    repeated = frozenset(name for name in header if header.count(name) > 1)
    rows = pd.DataFrame(list(kept.values()), index=list(kept), columns=header, dtype="str")
    return Table(rows=rows, repeated_columns=repeated, encoding=encoding)
