"""The data dictionary: what is measured, in which units, within which limits."""
