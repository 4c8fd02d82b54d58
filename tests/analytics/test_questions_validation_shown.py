"""A validation question's answer on its page, and what of it is withheld."""

from analytics.figures import draw
from analytics.tables import tables
from registry.presentation.suppression import withhold
from tests.analytics.validation import ANSWER, WORDS, ask, parts, until


def test_two_squares_and_two_tables() -> None:
    [figure] = draw("validation", ANSWER.payload, WORDS)
    then_and_since, frozen = tables("validation", ANSWER.payload, WORDS)
    assert figure.svg.count("<polyline") == 4
    assert then_and_since.columns[1:] == ("Development", "Enrolled later")
    assert "external validation: none" in then_and_since.note
    assert "2023-12-31" in then_and_since.note
    assert [row.heading for row in frozen.rows][:2] == ["Intercept", "Age, years"]


def test_a_category_is_named_with_its_level() -> None:
    model = {"name": "m", "title": "", "covariates": ["age", "aac24_class"]}
    _measures, frozen = tables("validation", ask(model=model).payload, WORDS)
    assert "AAC-24 class: AAC-24 2 to 5, against AAC-24 0 to 1" in [row.heading for row in frozen.rows]


def test_few_events_later_take_the_development_with_them() -> None:
    waiting = ask(until("2024-01-20")).payload
    assert 0 < waiting["within"][1]["n_events"] < 10
    development, later = withhold(waiting, 10)["within"]
    assert (later["n_events"], later["n_awaited"], development["n_events"]) == (None, None, None)
    assert (development["auc"], development["points"]) == (None, [])
    draw("validation", withhold(waiting, 10), WORDS)
    tables("validation", withhold(waiting, 10), WORDS)


def test_a_model_of_one_category_tells_no_small_level() -> None:
    model = {"name": "m", "title": "", "covariates": ["male"]}
    payload = ask(model=model).payload
    assert withhold(payload, 5)["within"][0]["terms"]
    told = withhold(payload, 45)["within"][0]
    assert (told["terms"], told["auc"]) == ([], None)


def test_a_small_cell_takes_the_shares_with_it() -> None:
    told = withhold(ANSWER.payload, 1 + min(parts(ANSWER)[1][cell] for cell in ("tp", "fn")))
    assert told["within"][1]["sensitivity"] is None
    draw("validation", told, WORDS)
    tables("validation", told, WORDS)
