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
    reclassified,
    resampled_cut_off,
    uncalibrated,
    unequal_areas,
)
from analytics.guards.growth import too_few_for_model, unequal_follow_up
from analytics.guards.models import (
    EPV_GRAVE,
    chosen_by_p,
    collinear,
    derived_beside_parents,
    events_per_variable,
    never_tested,
    no_net_benefit,
    separated,
    too_extreme,
)
from analytics.guards.origins import is_structural
from analytics.guards.record import (
    may_be_measured_late,
    mixed_units,
    not_frozen,
    preferred_digits,
)
from analytics.guards.remark import Guard, guard
from analytics.guards.sensitivity import hangs_on_the_limit, moved_by_imputing
from analytics.guards.serial import measured_late, repeated_rows
from analytics.guards.study import (
    EXPECTED_CELL,
    case_control,
    competing_events,
    duplicates,
    many_tests,
    missing,
    missing_by_outcome,
    not_estimable,
    outliers_or_bends,
    pooled_groups,
    repeated_looks,
    several_sites,
    skewed_undeclared,
    sparse_table,
    structural_pairs,
    time_ignored,
)
from analytics.guards.terms import finding, hangs_on_one, hazards_not_proportional, not_linear

__all__ = [
    "EPV_GRAVE",
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
    "duplicates",
    "events_per_variable",
    "finding",
    "guard",
    "hangs_on_one",
    "hangs_on_the_limit",
    "hazards_not_proportional",
    "in_sample",
    "is_structural",
    "many_tests",
    "may_be_measured_late",
    "measured_late",
    "missing",
    "missing_by_outcome",
    "mixed_units",
    "moved_by_imputing",
    "never_tested",
    "no_net_benefit",
    "not_estimable",
    "not_frozen",
    "not_linear",
    "outliers_or_bends",
    "pooled_groups",
    "preferred_digits",
    "reclassified",
    "repeated_looks",
    "repeated_rows",
    "resampled_cut_off",
    "separated",
    "several_sites",
    "skewed_undeclared",
    "sparse_table",
    "structural_pairs",
    "time_ignored",
    "too_extreme",
    "too_few_for_model",
    "uncalibrated",
    "unequal_areas",
    "unequal_follow_up",
]
