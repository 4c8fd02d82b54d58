"""Every bulk read of the record: a cohort's definition turned into rows of patients, draws and readings."""

from registry.cohort.reading import CohortTable, definition_of, read_cohort

__all__ = ["CohortTable", "definition_of", "read_cohort"]
