"""Figures and tables from payloads: well-formed, described, unstyled, never without their numbers."""

import subprocess
import sys
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest

from analytics.figures import Words, draw
from analytics.figures.figure import Figure, Table
from analytics.figures.naming import namer
from analytics.figures.words import inside
from analytics.plan import load_plan, tables_read
from analytics.questions import answer
from analytics.tables import tables
from registry.presentation.suppression import withhold
from registry.presentation.svg import Drawing, LinearScale, LogScale, diverging
from tests.analytics.tables import draws_of, mhd, nhanes, paper_like, readings_of

FRAMES = {"mhd": mhd(), "nhanes-aac": nhanes(), "paper-roc": paper_like()}
SERIAL = {"draws": draws_of, "readings": readings_of}
QUESTIONS = [(name, question["slug"]) for name in FRAMES for question in load_plan(name).questions]
SVG = "{http://www.w3.org/2000/svg}"


@cache
def answered(plan: str, slug: str) -> dict[str, Any]:
    """A question's payload, computed once for all tests."""
    loaded = load_plan(plan)
    definition = loaded.question(slug)
    serial = {name: SERIAL[name](FRAMES[plan]) for name in tables_read([definition])}
    return answer(definition, loaded.variables, FRAMES[plan], **serial).payload


def shown(plan: str, slug: str, *, smallest_count: int = 0) -> tuple[list[Figure], list[Table]]:
    loaded = load_plan(plan)
    definition = loaded.question(slug)
    payload = withhold(answered(plan, slug), smallest_count)
    words = Words(loaded.variables)
    return draw(definition["kind"], payload, words), tables(definition["kind"], payload, words)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 (our own drawing)


@pytest.mark.parametrize(("plan", "slug"), QUESTIONS)
class TestEveryQuestion:
    def test_figures_are_described_and_unstyled(self, plan: str, slug: str) -> None:
        figures, _tables = shown(plan, slug)
        for figure in figures:
            svg = parsed(figure.svg)
            assert svg.get("role") == "img"
            assert svg.find(f"{SVG}title").text == figure.title
            assert svg.find(f"{SVG}desc").text
            assert not [element for element in svg.iter() if element.get("style")]
            ids = [element.get("id") for element in svg.iter() if element.get("id")]
            assert svg.get("aria-labelledby").split() == ids

    def test_what_is_drawn_stays_within_the_frame(self, plan: str, slug: str) -> None:
        figures, _tables = shown(plan, slug)
        for figure in figures:
            svg = parsed(figure.svg)
            _x, _y, width, height = (float(edge) for edge in svg.get("viewBox").split())
            for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                places = [float(element.get(name)) for element in svg.iter() if element.get(name)]
                assert all(0 <= place <= most for place in places), (figure.name, name)

    def test_names_are_unique_in_a_page(self, plan: str, slug: str) -> None:
        figures, _tables = shown(plan, slug)
        assert len({figure.name for figure in figures}) == len(figures)

    def test_tables_are_rectangular_and_hold_no_nan(self, plan: str, slug: str) -> None:
        figures, printed = shown(plan, slug)
        for table in [*printed, *(figure.table for figure in figures)]:
            assert table.rows
            assert {len(row.cells) for row in table.rows} == {len(table.columns)}
            assert not [cell for row in table.rows for cell in row.cells if "nan" in cell or "None" in cell]

    def test_withheld_counts_leave_page_and_figure_whole(self, plan: str, slug: str) -> None:
        for smallest_count in (5, 10, 60, 10_000):
            figures, printed = shown(plan, slug, smallest_count=smallest_count)
            drawn = [text for figure in figures for text in parsed(figure.svg).itertext()]
            every = [*printed, *(figure.table for figure in figures)]
            told = [text for table in every for row in table.rows for text in (*row.cells, table.note)]
            assert not [text for text in (*drawn, *told) if "None" in text]


def test_the_printed_counts_of_the_published_curve_are_drawn() -> None:
    [figure], [_areas, cut_offs, _predictive] = shown("paper-roc", "cvd-death-roc")
    texts = [element.text for element in parsed(figure.svg).iter(f"{SVG}text")]
    assert any(text.startswith("AUC 0.895 (") for text in texts)
    assert {"+ 42", "\u2212 6", "+ 2", "\u2212 150"} <= set(texts)
    assert cut_offs.rows[0].numbers[-2:] == ("42 / 6", "2 / 150")


def test_what_does_not_stand_out_is_grey_and_still_printed() -> None:
    [figure], _tables = shown("mhd", "correlations-mhd")
    svg = parsed(figure.svg)
    grey = [element for element in svg.iter(f"{SVG}rect") if element.get("class") == "fig-stripe"]
    printed = [element for element in svg.iter(f"{SVG}text") if element.get("text-anchor") == "middle"]
    assert len(grey) > 1
    assert len(printed) == 28


class TestDrawing:
    def test_escapes_what_it_is_given(self) -> None:
        drawing = Drawing("d", width=10, height=10, title="<a>", description='"&"')
        drawing.text(1, 2, "<script>alert(1)</script>", 'x" onload="y')
        svg = str(drawing)
        assert "<script>" not in svg
        assert 'onload="y"' not in svg
        parsed(svg)


class TestScales:
    def test_linear_ticks_are_round_and_inside(self) -> None:
        assert LinearScale(-1.62, 1.62, 0, 300).ticks() == pytest.approx([-1.5, -1, -0.5, 0, 0.5, 1, 1.5])

    def test_log_scale_gives_equal_ratios_equal_lengths(self) -> None:
        scale = LogScale(0.1, 10, 0, 200)
        assert [scale(value) for value in (0.1, 1, 10)] == pytest.approx([0, 100, 200])
        assert scale(1000) == pytest.approx(200)

    @pytest.mark.parametrize(("low", "high"), [(0.5, 2.5), (0.005, 200), (1e-4, 1e4), (0.9, 1.1)])
    def test_log_ticks_are_few_and_inside(self, low: float, high: float) -> None:
        ticks = LogScale(low, high, 0, 300).ticks()
        assert 1 <= len(ticks) <= 8
        assert all(low * 0.99 <= tick <= high * 1.01 for tick in ticks)


class TestDiverging:
    @pytest.mark.parametrize("value", [-1, -0.7, -0.4, -0.1, 0, 0.1, 0.4, 0.7, 1])
    def test_text_reads_on_its_cell(self, value: float) -> None:
        fill, ink = diverging(value)
        assert contrast(fill, ink) >= 4.5

    def test_signs_differ(self) -> None:
        assert diverging(0.5)[0] != diverging(-0.5)[0]


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_whole_plan_runs_without_django() -> None:
    program = (
        "import sys, analytics.questions, analytics.figures, analytics.tables, analytics.guards;"
        "sys.exit(any(name.split('.')[0] in ('django', 'rest_framework', 'celery') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("name", "within"),
    [("Haemodialysis patients", "haemodialysis patients"), ("AAC-24 ≥ 1", "AAC-24 ≥ 1"), ("", "")],
)
def test_a_name_within_a_sentence(name: str, within: str) -> None:
    assert inside(name) == within


def test_a_level_and_a_pair_are_named_as_within_a_sentence() -> None:
    name = namer({}, Words(load_plan("nhanes-aac").variables))
    assert (name("age_class=70+"), name("p~ca")) == ("70 years and over", "phosphorus – calcium")
