import json

import pytest
from django.core.exceptions import ValidationError

from registry.exchange.mapping import load_mapping, mapping_names
from registry.models.calcification import SEGMENTS
from tests.exchange.files import MAPPING, a_mapping


@pytest.mark.parametrize("name", mapping_names())
def test_a_shipped_mapping_is_sound_and_creates_a_cohort_with_a_plan(name):
    mapping = load_mapping(name)
    assert mapping.name == name
    assert mapping.source
    assert mapping.cohort["plan"] == name


def test_the_nhanes_mapping_reads_each_wall_once():
    (reading,) = load_mapping("nhanes-aac").calcification
    columns = [reading.sources[segment].columns[0] for segment in SEGMENTS]
    assert columns == [f"DXXAL{level}{wall}" for level in "1234" for wall in ("AN", "")]


def _changed(**changes):
    return MAPPING | changes


@pytest.mark.parametrize(
    ("document", "part"),
    [
        ([], "an object is expected"),
        (_changed(colour="red"), "colour is not known"),
        ({"name": "x"}, "layout, patient, title is needed"),
        (_changed(layout="tall"), '"patients" or "results"'),
        (_changed(file={"decimal": "'"}), "file.decimal"),
        (_changed(patient={"sex": "female"}), "study_id is needed"),
        (_changed(patient={"study_id": {"column": "id"}, "name": {"column": "name"}}), "name is not known"),
        (
            _changed(patient={"study_id": {"column": "id"}, "sex": "woman"}),
            "patient.sex: woman is not one of",
        ),
        (_changed(patient={"study_id": {"columns": ["a", "b"]}}), "need codes"),
        (_changed(patient={"study_id": {}}), '"column" or "columns"'),
        (_changed(patient={"study_id": 5}), "patient.study_id: an object is expected"),
        (_changed(draws=[{"results": []}]), "occurred_on and occurred_months"),
        (
            _changed(draws=[{"occurred_on": "2024-03-01", "results": [{"analyte": "mg"}]}]),
            "analyte, value and unit",
        ),
        (_changed(outcomes={}), "a list is expected"),
        (_changed(cohort=MAPPING["cohort"] | {"sites": []}), "cohort.sites: at least one"),
        (_changed(cohort={"slug": "x"}), "groups, name, sites is needed"),
        (_changed(keep=[{"column": "x"}]), "values, why is needed"),
    ],
)
def test_a_broken_mapping_is_refused_with_its_place(tmp_path, document, part):
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ValidationError) as refused:
        load_mapping(str(path))
    assert part in " ".join(refused.value.messages)
    assert "broken.json" in " ".join(refused.value.messages)


def test_what_is_not_json_is_refused(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text("{")
    with pytest.raises(ValidationError, match="it is not JSON"):
        load_mapping(str(path))


def test_an_unknown_name_is_told_the_shipped_ones():
    with pytest.raises(ValidationError, match="nhanes-aac, paper-roc"):
        load_mapping("nhanes")


def test_ones_own_mapping_is_read_from_its_path(tmp_path):
    assert load_mapping(a_mapping(tmp_path)).title == "A unit's own table"
