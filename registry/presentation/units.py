"""UCUM codes as people write them."""

WRITTEN = {
    "1": "",
    "mm[Hg]": "mmHg",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "mg/dL{urea_N}": "mg/dL urea nitrogen",
    "mg/dL{urea}": "mg/dL urea",
    "mmol2/L2": "mmol²/L²",
    "mg2/dL2": "mg²/dL²",
    "kg/m2": "kg/m²",
}


def unit_shown(code: str) -> str:
    """A unit as it is printed.

    >>> unit_shown("umol/L"), unit_shown("10*9/L"), unit_shown("mm[Hg]"), unit_shown("mmol/L")
    ('µmol/L', '10⁹/L', 'mmHg', 'mmol/L')
    """
    if code in WRITTEN:
        return WRITTEN[code]
    shown = code.replace("10*9", "10⁹").replace("10*3", "10³")
    return f"µ{shown[1:]}" if shown.startswith(("ug", "umol", "ukat", "uL")) else shown.replace("/uL", "/µL")
