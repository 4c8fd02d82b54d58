"""How long a month and a year are, wherever days become months."""

DAYS_IN_MONTH = 30.4375
DAYS_IN_YEAR = 365.25
