import gzip

import pytest
from openpyxl import Workbook

from registry.actions.bulk import FileRefused
from registry.exchange.reading import read_table
from tests.exchange.files import DATA


def _written(tmp_path, content, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_recognised(tmp_path, encoding):
    table = read_table(_written(tmp_path, "编号,血磷\nA1,1.95\n".encode(encoding)))
    assert list(table.rows.columns) == ["编号", "血磷"]
    assert table.rows.loc[2].tolist() == ["A1", "1.95"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_recognised_and_quotes_kept(tmp_path, delimiter):
    text = (
        delimiter.join(["id", "p", "note"])
        + "\n"
        + delimiter.join(["A1", "1.950", f'"a{delimiter} b"'])
        + "\n"
    )
    table = read_table(_written(tmp_path, text.encode()))
    assert table.rows.loc[2].tolist() == ["A1", "1.950", f"a{delimiter} b"]


def test_a_gzipped_file_is_read_whatever_its_name(tmp_path):
    path = _written(tmp_path, gzip.compress(b"id,p\nA1,1.95\n"), name="table.data")
    assert read_table(path).rows.loc[2, "p"] == "1.95"


def test_rows_keep_the_number_a_spreadsheet_shows(tmp_path):
    path = _written(tmp_path, b'A title\nid,p\n\nA1,"two\nlines"\n,\nA2,3\n')
    assert read_table(path, header_row=2).rows.index.tolist() == [4, 6]


@pytest.mark.parametrize(
    ("content", "row", "part"),
    [
        (b"id,p\nA1,1\nA2\n", 3, "1 fields, the header 2"),
        (b"id,p\nA1,1,5\n", 2, "3 fields, the header 2"),
        (b'id,p\nA1,"1\n', 2, "quotes"),
        (b"", None, "no column names"),
        (b"\n\n", None, "no column names"),
        (b"\x1f\x8b broken", None, "damaged"),
        ("id,p\nA1,é\n".encode("latin-1"), None, "neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_refused(tmp_path, content, row, part):
    with pytest.raises(FileRefused) as refused:
        read_table(_written(tmp_path, content))
    (refusal,) = refused.value.refusals
    assert (refusal.row, refusal.field) == (row, "table.csv")
    assert part in refusal.message


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileRefused, match="There is no file"):
        read_table(tmp_path / "nowhere.csv")


def test_a_workbook_is_read_as_a_person_sees_it():
    table = read_table(DATA / "messy_glucose.xlsx", header_row=4)
    assert table.rows.loc[16, ["pat_id", "DofB", "glucose POST"]].tolist() == ["11", "1987-02-22", "193.8"]
    assert 15 not in table.rows.index


def test_a_workbook_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="cannot be read"):
        read_table(_written(tmp_path, b"not a workbook", name="table.xlsx"))


def test_a_sheet_that_is_not_there_is_named(tmp_path):
    workbook = Workbook()
    workbook.active.title = "Labs"
    workbook.save(tmp_path / "table.xlsx")
    with pytest.raises(FileRefused, match="There is no sheet Data; there are Labs"):
        read_table(tmp_path / "table.xlsx", sheet="Data")
