"""Every reason that anything can give for not being estimable has words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import analytics
from registry.presentation.reasons import WORDING, because

ANALYTICS = Path(analytics.__file__).parent
PLACES_OF_CODES = ("statistics", "questions", "recompute")


def texts(node: ast.AST) -> set[str]:
    """The strings written in an expression."""
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def bound_to(name: str, function: ast.AST) -> set[str]:
    """The strings that a name may stand for in a function: assigned to it, or run through by a loop."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(
            part.id == name
            for target in node.targets
            for part in ast.walk(target)
            if isinstance(part, ast.Name)
        ):
            found |= texts(node.value)
        if isinstance(node, ast.For) and any(
            part.id == name for part in ast.walk(node.target) if isinstance(part, ast.Name)
        ):
            found |= texts(node.iter)
    return found


def raised(tree: ast.Module) -> Iterator[set[str]]:
    """The codes of each refusal: an argument written out, chosen between two, or held by a name."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotEstimable":
                [code] = node.args
                if isinstance(code, ast.Name):
                    yield bound_to(code.id, function)
                elif isinstance(code, ast.IfExp):
                    yield texts(code.body) | texts(code.orelse)
                else:
                    yield texts(code)


def written(tree: ast.Module) -> Iterator[set[str]]:
    """The codes of reasons written out as data."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "code":
                    yield texts(value)


def codes_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return set().union(*raised(tree), *written(tree))


def every_code() -> set[str]:
    paths = [path for place in PLACES_OF_CODES for path in (ANALYTICS / place).rglob("*.py")]
    return set().union(*(codes_in(path) for path in paths))


def test_codes_are_found_however_they_are_written() -> None:
    assert {"constant_at_risk", "too_few_cases", "overflow", "perfect_fit", "no_follow_up", "worker_died"} < (
        every_code()
    )


def test_every_code_has_words() -> None:
    assert every_code() - WORDING.keys() == set()


@pytest.mark.parametrize("code", WORDING)
def test_words_are_a_clause_without_holes(code: str) -> None:
    said = because({"code": code, "n": 2, "needed": 10, "n_events": 3, "n_others": 40, "limit": 50})
    assert said[0].islower()
    assert not said.endswith(".")
    assert "%(" not in said
    assert "_" not in said


def test_a_variable_is_called_by_its_label() -> None:
    label = {"mg": "Magnesium"}
    told = because({"code": "constant", "variable": "mg"}, lambda code: label.get(code, code))
    assert told == "all patients have the same value (Magnesium)"


def test_what_has_no_label_is_not_named() -> None:
    assert because({"code": "missing", "variable": "column 0"}) == "values are missing"


def test_a_withheld_count_stays_withheld() -> None:
    assert "too few patients with" in because(
        {"code": "too_few_events", "n_events": None, "n_others": 90, "needed": 10}
    )


def test_one_patient_is_not_several() -> None:
    assert because({"code": "too_few", "n": 1, "needed": 4}) == ("there is 1 patient; at least 4 are needed")
    reason = {"code": "too_few_events", "n_events": 1, "n_others": 0, "needed": 10}
    assert because(reason).startswith("there is 1 patient with the outcome and 0 without")
    assert because(reason | {"n_events": None}).startswith("there are too few patients")
