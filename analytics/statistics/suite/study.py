"""A study as exact summaries and the rows its models need: the state from which every result follows."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, measured
from analytics.statistics.suite.asked import ALIVE, CLASSES, EVENT, REFERENCE, UNKNOWN, Suite
from analytics.statistics.suite.rows import Frame, Rows
from analytics.statistics.suite.threads import running
from analytics.statistics.summaries import Coded, CoMoments, ValueCounts
from analytics.statistics.summaries.grid import decimals_in, fewest_decimals

Columns = Mapping[str, ArrayLike]

_PIECE = 1 << 16
"""Patients summarised at once: their columns stay near the processor, and threads take turns with them."""
_SAMPLE = 64


@dataclass(frozen=True)
class Footing:
    """What patients who will be put together share from the start, so that nothing is computed again.

    Attributes
    ----------
    decimals : dict of str to int
        To code each measurement with, or more.
    multivariable, combined : Frame
    """

    decimals: dict[str, int]
    multivariable: Frame
    combined: Frame

    @classmethod
    def of(cls, suite: Suite, columns: Columns) -> "Footing":
        """From a sample of the patients."""
        known = {name: np.asarray(columns[name]) for name in suite.measurements}
        decimals = {
            name: fewest_decimals(column[:: max(1, column.size // _SAMPLE)]) or 0
            for name, column in known.items()
        }
        multivariable, combined = (
            Frame.of({name: known[name] for name in names}) for names in (suite.multivariable, suite.markers)
        )
        return cls(decimals, multivariable, combined)


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
    def of(cls, suite: Suite, columns: Columns, *, like: "Study | None" = None, workers: int = 1) -> "Study":
        """Summarise patients.

        Parameters
        ----------
        suite : Suite
        columns : mapping of str to array_like of shape (n_patients,)
            Every column that the suite names; NaN is missing. A patient without a group is left out of all
            but the correlations.
        like : Study, optional
            One that these patients will join: begun with its decimals and frames, they join it fastest.
        workers : int
            Threads to use.

        Returns
        -------
        Study

        Raises
        ------
        NotEstimable
            ``overflow``, ``not_numeric``, ``infinite`` with the `variable`; ``not_binary`` for group or
            outcome.
        """
        footing = like.footing if like else Footing.of(suite, columns)
        names = (suite.group, suite.outcome, *suite.measurements)
        known = {name: np.asarray(columns[name]) for name in names}
        n = known[suite.group].size
        if n <= _PIECE:
            return cls._piece(suite, footing, known)
        size = -(-n // -(-n // _PIECE))

        def rows(start: int) -> Columns:
            return {name: column[start : start + size] for name, column in known.items()}

        return cls._whole(suite, [partial(rows, start) for start in range(0, n, size)], workers, footing)

    @classmethod
    def of_pieces(cls, suite: Suite, pieces: Sequence[Callable[[], Columns]], *, workers: int = 1) -> "Study":
        """Summarise patients who are read piece by piece, each summarised while others are read.

        Parameters
        ----------
        suite : Suite
        pieces : sequence of callable
            Each reads the columns of some patients, as `of` takes them.
        workers : int
            Threads to use.

        Returns
        -------
        Study
            The same whatever `workers`.

        Raises
        ------
        NotEstimable
            As `of`.
        """
        return cls._whole(suite, pieces, workers)

    @classmethod
    def _whole(
        cls,
        suite: Suite,
        pieces: Sequence[Callable[[], Columns]],
        workers: int,
        footing: Footing | None = None,
    ) -> "Study":
        # All stand where the first patients do; others are read meanwhile.
        first: Future[Footing] = Future()

        def begun(read: Callable[[], Columns]) -> "Study":
            try:
                columns = read()
                first.set_result(footing or Footing.of(suite, columns))
            except BaseException as error:
                first.set_exception(error)
                raise
            return cls._piece(suite, first.result(), columns)

        def joining(read: Callable[[], Columns]) -> "Study":
            columns = read()
            return cls._piece(suite, first.result(), columns)

        # One piece needs no second thread.
        with running((len(pieces) - 1) * _PIECE, workers) as run:
            found = run([partial(begun, pieces[0]), *(partial(joining, piece) for piece in pieces[1:])])
        return cls(
            suite,
            {name: ValueCounts.total([one.counts[name] for one in found]) for name in suite.measurements},
            reduce(CoMoments.merge, [one.moments for one in found]),
            reduce(Rows.merge, [one.multivariable for one in found]),
            reduce(Rows.merge, [one.combined for one in found]),
        )

    @classmethod
    def _piece(cls, suite: Suite, footing: Footing, columns: Columns) -> "Study":
        group, outcome = (_binary(columns[name], name) for name in (suite.group, suite.outcome))
        members = _members(group, outcome)
        coded = {
            name: Coded.fewest(columns[name], name, at_least=footing.decimals[name])
            for name in suite.measurements
        }
        has_event = members == CLASSES.index(EVENT)
        modelled = has_event | (members == CLASSES.index(ALIVE))

        def rows_of(names: tuple[str, ...], frame: Frame) -> Rows:
            known = {name: np.asarray(columns[name]) for name in names}
            return Rows.of(known, has_event, modelled, frame=frame)

        multivariable = rows_of(suite.multivariable, footing.multivariable)
        # Without a gap the larger model leaves out nobody whom the smaller one would keep.
        without_gap = multivariable.n == np.count_nonzero(modelled)
        if without_gap and set(suite.markers) <= set(suite.multivariable):
            combined = multivariable.among(suite.markers, footing.combined)
        else:
            combined = rows_of(suite.markers, footing.combined)
        return cls(
            suite,
            {name: ValueCounts.of(one, members, CLASSES) for name, one in coded.items()},
            CoMoments.of({name: coded[name] for name in suite.correlated}),
            multivariable,
            combined,
        )

    @property
    def footing(self) -> Footing:
        """What patients who join these need."""
        decimals = {name: decimals_in(table.unit) or 0 for name, table in self.counts.items()}
        return Footing(decimals, self.multivariable.frame, self.combined.frame)

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
