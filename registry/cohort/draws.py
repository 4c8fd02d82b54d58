"""What each draw tells: values measured, values derived from them, and the limits they lie beyond."""

import numpy as np
import pandas as pd

from registry.dictionary.derived import DERIVED

ByDraw = dict[str, np.ndarray]


def values_by_draw(results: pd.DataFrame, n_draws: int) -> tuple[ByDraw, ByDraw]:
    """A value a draw of every analyte, measured or derived from one draw, by code; and its comparators.

    `results` are lab results with their draw's position. Comparators are kept for the analytes of which any
    value is beyond a limit of detection.
    """
    measured: ByDraw = {}
    limits: ByDraw = {}
    position = results["position"].to_numpy()
    codes = results["code"].cat.remove_unused_categories().cat
    comparators = results["comparator"].fillna("").to_numpy(dtype=object)
    for number, code in enumerate(codes.categories):
        of_code = codes.codes.to_numpy() == number
        measured[code] = np.full(n_draws, np.nan)
        measured[code][position[of_code]] = results["value"].to_numpy()[of_code]
        if comparators[of_code].any():
            limits[code] = np.full(n_draws, "", dtype=object)
            limits[code][position[of_code]] = comparators[of_code]

    # A value beyond a limit of detection is no number to calculate with.
    exact = {
        code: np.where(limits[code] == "", values, np.nan) if code in limits else values
        for code, values in measured.items()
    }
    derived = {
        code: rule.formula(*(exact[name] for name in rule.inputs))
        for code, rule in DERIVED.items()
        if all(name in exact for name in rule.inputs)
    }
    return {**measured, **derived}, limits
