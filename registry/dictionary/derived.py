"""Quantities that follow from measured ones, by their dictionary code, in the analytes' own units."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Derived:
    """A formula and the analytes it takes, in order; a missing input (NaN) leaves the outcome missing."""

    inputs: tuple[str, ...]
    formula: Callable[..., Values]


def calcium_phosphorus_product(ca: Values, p: Values) -> Values:
    """Total calcium times phosphorus, both uncorrected, in mmol²/L²."""
    return ca * p


def albumin_corrected_calcium(ca: Values, albumin: Values) -> Values:
    """Payne's correction (Br Med J 1973;4:643), calcium in mmol/L and albumin in g/L."""
    return ca + 0.02 * (40.0 - albumin)


def albumin_corrected_magnesium(mg: Values, albumin: Values) -> Values:
    """Magnesium in mmol/L corrected by 0.005 for each g/L of albumin from 40."""
    return mg + 0.005 * (40.0 - albumin)


def urea_reduction_ratio(urea: Values, urea_post: Values) -> Values:
    """The share of urea removed by one session, in per cent."""
    return 100.0 * (1.0 - _ratio(urea_post, urea))


def non_hdl_cholesterol(cholesterol: Values, hdl: Values) -> Values:
    """Total less HDL cholesterol, in mmol/L; missing where that is not positive."""
    difference = cholesterol - hdl
    return np.where(difference > 0, difference, np.nan)


def body_mass_index(dry_weight: Values, height: Values) -> Values:
    """Weight in kg by the square of the height in cm, in kg/m²."""
    return _ratio(dry_weight, (height / 100.0) ** 2)


def _ratio(numerator: Values, denominator: Values) -> Values:
    missing: Values = np.full(np.shape(denominator), np.nan)
    return np.divide(numerator, denominator, out=missing, where=denominator > 0)


DERIVED: Mapping[str, Derived] = MappingProxyType(
    {
        "ca_x_p": Derived(("ca", "p"), calcium_phosphorus_product),
        "ca_corrected": Derived(("ca", "albumin"), albumin_corrected_calcium),
        "mg_corrected": Derived(("mg", "albumin"), albumin_corrected_magnesium),
        "urr": Derived(("urea", "urea_post"), urea_reduction_ratio),
        "non_hdl": Derived(("cholesterol", "hdl"), non_hdl_cholesterol),
        "bmi": Derived(("dry_weight", "height"), body_mass_index),
    }
)
