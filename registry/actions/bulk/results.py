"""Reported values through the dictionary's one validator, each distinct value once."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from django.core.exceptions import ValidationError

from registry.actions.bulk.rows import Refusal, records
from registry.actions.bulk.setting import Setting
from registry.actions.labs import typed_rule
from registry.actions.refusals import Refusals
from registry.dictionary.rules import rules
from registry.dictionary.validation import STORED_PLACES, read_result

COMBINATION = ["analyte", "unit", "text", "group"]


@dataclass(frozen=True)
class ReadResults:
    """Results as they are stored, those refused with their error, and draws left to the ordinary action."""

    accepted: pd.DataFrame
    refused: pd.DataFrame
    errors: Mapping[int, ValidationError]
    odd_draws: frozenset[int]


def read_results(results: pd.DataFrame, group: pd.Series, setting: Setting) -> ReadResults:
    """Read the results of draws of patients of these groups."""
    results = results.assign(group=group)
    enterable = {
        (code, name)
        for code, rule in setting.rules.items()
        for name, of in setting.groups.items()
        if not rule.is_derived and (of.on_dialysis or not rule.dialysis_only)
    }
    distinct = results[COMBINATION].drop_duplicates(ignore_index=True)
    stored, errors, odd = [], {}, set()
    for reading, (analyte, unit, text, name) in enumerate(distinct.itertuples(index=False)):
        if (analyte, name) not in enterable:
            odd.add(reading)
            continue
        try:
            read = read_result(setting.rules[analyte], text, unit, setting.groups[name].limits)
        except ValidationError as error:
            errors[reading] = error
            continue
        value = str(read.value.quantize(STORED_PLACES))
        stored.append(
            (
                reading,
                value,
                read.comparator,
                read.reported_value,
                read.reported_unit,
                read.soft_limit_breached,
            )
        )
    columns = ["reading", "value", "comparator", "reported_value", "reported_unit", "is_flagged"]
    results = results.merge(distinct.assign(reading=distinct.index), on=COMBINATION, how="left")
    accepted = results.merge(pd.DataFrame(stored, columns=columns), on="reading", how="inner")
    repeated = results["draw"][results.duplicated(["draw", "analyte"])]
    return ReadResults(
        accepted=accepted.assign(analyte_id=accepted["analyte"], is_confirmed=False),
        refused=results[results["reading"].isin(list(errors))],
        errors=errors,
        odd_draws=frozenset(results["draw"][results["reading"].isin(odd)]) | frozenset(repeated),
    )


def refused_alone(results: pd.DataFrame) -> list[Refusal]:
    """What is wrong with results by themselves, where their draw or their patient cannot enter."""
    by_code = rules()
    refused = []
    for row in records(results):
        name = f"results.{row['analyte']}"
        refusals = Refusals()
        rule = typed_rule(row["analyte"], name, by_code, refusals)
        if rule is not None:
            try:
                read_result(rule, row["text"], row["unit"], "")
            except ValidationError as error:
                refusals.take(name, error)
        for flaw in refusals.by_field.get(name, []):
            value = str((flaw.params or {}).get("value", row["text"]))
            message = " ".join(flaw.messages)
            refused.append(Refusal(row["row"], name, value, message, flaw.code or "", row["study_id"]))
    return refused
