"""Small counts withheld from those who may not see records, with everything they could be worked out from."""

from registry.presentation.suppression.formulas import shortened
from registry.presentation.suppression.guards import withhold_guards
from registry.presentation.suppression.looking import at_looks
from registry.presentation.suppression.numbers import Withheld, withheld_numbers
from registry.presentation.suppression.payload import withhold

__all__ = ["Withheld", "at_looks", "shortened", "withheld_numbers", "withhold", "withhold_guards"]
