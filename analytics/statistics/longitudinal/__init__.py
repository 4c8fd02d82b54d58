"""Measurements repeated over time: how they change, and what a model of events may know of them."""
