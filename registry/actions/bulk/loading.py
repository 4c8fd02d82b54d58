"""Rows into the record: plain ones by COPY, the others one by one through the ordinary actions."""

from collections.abc import Iterable

from registry.actions.bulk.block import Block, Loaded
from registry.actions.bulk.course import load_contacts, load_draws, load_outcomes, load_readings
from registry.actions.bulk.enrolment import load_patients
from registry.actions.bulk.rows import FileRefused, Rows
from registry.actions.bulk.setting import read_setting
from registry.actions.change import change
from registry.models import Cohort, User
from registry.permissions import Permission, require


def load_rows(
    *,
    by: User | None,
    cohort: Cohort,
    door: str,
    blocks: Iterable[Rows],
    reason: str = "",
    keep_rest: bool = False,
) -> Loaded:
    """Write rows to a cohort in one transaction, announced once.

    Parameters
    ----------
    blocks : iterable of Rows
        Written one after the other; a row may tell of a patient of an earlier block or of the record.
    keep_rest : bool
        Whether rows without fault stay when others are refused. Otherwise nothing is written.

    Raises
    ------
    FileRefused
        With every refusal, if there is one and the rest is not to be kept.
    """
    loaded = Loaded()
    with change(by=by, door=door, reason=reason, cohort=cohort):
        setting = read_setting(cohort)
        for site in setting.sites.values():
            require(by, Permission.RECORD_WRITE, site=site)
        for rows in blocks:
            block = Block(by, door, setting, rows, loaded)
            for load in (load_patients, load_outcomes, load_draws, load_readings, load_contacts):
                load(block)
        if loaded.refusals and not keep_rest:
            raise FileRefused(loaded.refusals)
    return loaded
