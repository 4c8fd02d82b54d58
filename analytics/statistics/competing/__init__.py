"""Competing risks: one event that rules out the other."""
