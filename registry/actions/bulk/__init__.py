"""The bulk write path."""

from registry.actions.bulk.rows import COLUMNS, FileRefused, Refusal, Rows

__all__ = ["COLUMNS", "FileRefused", "Refusal", "Rows"]
