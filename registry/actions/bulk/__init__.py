"""The bulk write path of imports and simulations, under the same rules as every other door."""

from registry.actions.bulk.block import Loaded
from registry.actions.bulk.loading import load_rows
from registry.actions.bulk.rows import COLUMNS, UNSAID, FileRefused, Refusal, Rows, records

__all__ = ["COLUMNS", "UNSAID", "FileRefused", "Loaded", "Refusal", "Rows", "load_rows", "records"]
