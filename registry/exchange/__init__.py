"""Ways in for files, and the simulated cohort."""
