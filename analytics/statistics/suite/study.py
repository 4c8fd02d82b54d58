"""A study as exact summaries and the rows its models need: the state from which every result follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, measured
from analytics.statistics.suite.asked import ALIVE, CLASSES, EVENT, REFERENCE, UNKNOWN, Suite
from analytics.statistics.suite.rows import Rows
from analytics.statistics.suite.threads import running
from analytics.statistics.summaries import Coded, CoMoments, ValueCounts


@dataclass(frozen=True, eq=False)
class Study:
    """Some patients of a study, summarised; studies of other patients merge with it and subtract from it.

    Attributes
    ----------
    suite : Suite
    counts : dict of str to ValueCounts
        For each measurement, by group and outcome.
    moments : CoMoments
        Of the correlated measurements.
    multivariable, combined : Rows
        The patients of the two models that counts cannot give.
    """

    suite: Suite
    counts: dict[str, ValueCounts]
    moments: CoMoments
    multivariable: Rows
    combined: Rows

    @classmethod
    def of(
        cls, suite: Suite, columns: Mapping[str, ArrayLike], *, like: "Study | None" = None, workers: int = 1
    ) -> "Study":
        """Summarise patients.

        Parameters
        ----------
        suite : Suite
        columns : mapping of str to array_like of shape (n_patients,)
            Every column that the suite names; NaN is missing. A patient without a group is left out of all
            but the correlations.
        like : Study, optional
            One that these patients will join: its decimals and frames are used.
        workers : int
            Threads to use.

        Returns
        -------
        Study

        Raises
        ------
        NotEstimable
            ``off_grid`` with the `variable` when a measurement has more decimals than ten, or than `like`;
            ``overflow``, ``not_numeric``, ``infinite``; ``not_binary`` for group or outcome.
        """
        group, outcome = (_binary(columns[name], name) for name in (suite.group, suite.outcome))
        members = _members(group, outcome)
        has_event = members == CLASSES.index(EVENT)
        modelled = has_event | (members == CLASSES.index(ALIVE))

        def counted(name: str) -> tuple[Coded, ValueCounts]:
            if like is None:
                coded = Coded.fewest(columns[name], name)
            else:
                coded = Coded.of(columns[name], like.counts[name].decimals, name)
            return coded, ValueCounts.of(coded, members, CLASSES)

        def rows_of(names: tuple[str, ...], joined: Rows | None) -> Rows:
            frame = joined.frame if joined else None
            return Rows.of([coded[name] for name in names], names, has_event, modelled, frame=frame)

        names = suite.measurements
        with running(members.size, workers) as run:
            found = run([partial(counted, name) for name in names])
            coded = {name: one for name, (one, _) in zip(names, found, strict=True)}
            correlated = {name: coded[name] for name in suite.correlated}
            moments, multivariable, combined = run(
                [
                    partial(CoMoments.of, correlated),
                    partial(rows_of, suite.multivariable, like.multivariable if like else None),
                    partial(rows_of, suite.markers, like.combined if like else None),
                ]
            )
        counts = {name: table for name, (_, table) in zip(names, found, strict=True)}
        return cls(suite, counts, moments, multivariable, combined)

    def merge(self, other: "Study") -> "Study":
        """The patients of both."""
        return Study(
            self.suite,
            {name: table.merge(other.counts[name]) for name, table in self.counts.items()},
            self.moments.merge(other.moments),
            self.multivariable.merge(other.multivariable),
            self.combined.merge(other.combined),
        )

    def subtract(self, other: "Study") -> "Study":
        """These patients without those of another study, all of whom must be in this one."""
        return Study(
            self.suite,
            {name: table.subtract(other.counts[name]) for name, table in self.counts.items()},
            self.moments.subtract(other.moments),
            self.multivariable.subtract(other.multivariable),
            self.combined.subtract(other.combined),
        )


def _binary(values: ArrayLike, name: str) -> Floats:
    column = measured(values, name)
    if np.asarray(values).dtype.kind != "b" and not ((column == 0) | (column == 1) | np.isnan(column)).all():
        raise NotEstimable("not_binary", variable=name)
    return column


def _members(group: Floats, outcome: Floats) -> NDArray[np.int64]:
    """Position of each patient's class, -1 without a group."""
    member = np.nan_to_num(CLASSES.index(ALIVE) + outcome, nan=CLASSES.index(UNKNOWN)).astype(np.int64)
    member[group == 0] = CLASSES.index(REFERENCE)
    member[np.isnan(group)] = -1
    return member
