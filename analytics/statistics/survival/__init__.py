"""Time to an event: curves, comparisons, hazards and how well a marker ranks them."""
