"""What a careful statistician would say about a result, as data: rule, finding, severity, source.

Each guard is a pure function of a payload and the plan, None where its demand is met.
"""

from analytics.guards.curves import (
    added_value,
    all_or_none,
    below_operating_point,
    data_driven_cut_off,
    direction,
    in_sample,
    uncalibrated,
)
from analytics.guards.models import (
    chosen_by_p,
    collinear,
    derived_beside_parents,
    events_per_variable,
    hangs_on_one,
    hazards_not_proportional,
    no_net_benefit,
    not_linear,
    separated,
    too_extreme,
)
from analytics.guards.remark import Guard, guard
from analytics.guards.study import (
    EXPECTED_CELL,
    case_control,
    competing_events,
    many_tests,
    missing,
    missing_by_outcome,
    not_estimable,
    outliers_or_bends,
    pooled_groups,
    repeated_looks,
    several_sites,
    sparse_table,
    structural_pairs,
    time_ignored,
)

__all__ = [
    "EXPECTED_CELL",
    "Guard",
    "added_value",
    "all_or_none",
    "below_operating_point",
    "case_control",
    "chosen_by_p",
    "collinear",
    "competing_events",
    "data_driven_cut_off",
    "derived_beside_parents",
    "direction",
    "events_per_variable",
    "guard",
    "hangs_on_one",
    "hazards_not_proportional",
    "in_sample",
    "many_tests",
    "missing",
    "missing_by_outcome",
    "no_net_benefit",
    "not_estimable",
    "not_linear",
    "outliers_or_bends",
    "pooled_groups",
    "repeated_looks",
    "separated",
    "several_sites",
    "sparse_table",
    "structural_pairs",
    "time_ignored",
    "too_extreme",
    "uncalibrated",
]
