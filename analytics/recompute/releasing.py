"""How few patients a run tells apart from those shown before it, to whoever sees both."""

import pandas as pd

from analytics.models import Dataset, Run
from analytics.recompute.freezing import frozen_frame, serial_frames
from analytics.recompute.hashing import patient_hashes

HELD_BACK = 0


def released_up_to(run: Run) -> int | None:
    """The largest minimum of small counts under which a run may be shown; none where any will do.

    It is the least number of patients by whom one of its tables differs from that of a run shown before. A
    table that is the same tells nothing new; a run that was held back once is never shown.
    """
    if run.dataset is None:
        return None
    now = _hashes(run.dataset)
    changed = [n for before in _shown_before(run) for n in _n_changed(now, _hashes(before)) if n]
    fewest = min(changed, default=None)
    return HELD_BACK if fewest is not None and fewest < run.cohort.small_cell_minimum else fewest


def _shown_before(run: Run) -> list[Dataset]:
    """The datasets of the runs that were shown, of those with the same tables one."""
    finished = Run.objects.filter(cohort=run.cohort, status=Run.Status.DONE).exclude(released_up_to=HELD_BACK)
    datasets = [before.dataset for before in finished.select_related("dataset") if before.dataset]
    return list({(dataset.sha256, *dataset.serial_sha256.items()): dataset for dataset in datasets}.values())


def _hashes(dataset: Dataset) -> pd.DataFrame:
    if dataset.hashes_table is not None:
        return frozen_frame(dataset.hashes_table.content)
    return patient_hashes(frozen_frame(dataset.table.content), serial_frames(dataset))


def _n_changed(now: pd.DataFrame, before: pd.DataFrame) -> list[int]:
    """In each table that both read: the patients added, gone or with any changed value."""
    now, before = now.set_index("study_id"), before.set_index("study_id")
    pairs = (now[name].align(before[name], fill_value=0) for name in now.columns.intersection(before.columns))
    return [int((left != right).sum()) for left, right in pairs]
