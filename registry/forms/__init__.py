"""Thin doors for people: a form reads what was typed, an action decides."""
