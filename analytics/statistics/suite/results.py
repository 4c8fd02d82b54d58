"""Every result of a suite, from a study's summaries."""

from dataclasses import dataclass
from functools import partial

from analytics.statistics.correlation.matrix import CorrelationMatrix
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.roc import RocCurve, roc_curve_from_counts
from analytics.statistics.suite.asked import ALIVE, EVENT, REFERENCE, UNKNOWN
from analytics.statistics.suite.comparison import BinaryContrast, Contrast, contrast, contrast_binary
from analytics.statistics.suite.curves import combined_curve
from analytics.statistics.suite.models import Model, fit_rows
from analytics.statistics.suite.rows import Rows
from analytics.statistics.suite.single import fit_each
from analytics.statistics.suite.study import Study
from analytics.statistics.suite.threads import running
from analytics.statistics.summaries import ValueCounts

_EXPOSED = (ALIVE, EVENT, UNKNOWN)


@dataclass(frozen=True, eq=False)
class StudyResults:
    """What a suite found; a part that cannot be estimated is its refusal.

    Attributes
    ----------
    compared : dict of str to Contrast
    binary : dict of str to BinaryContrast or NotEstimable
    correlations : CorrelationMatrix
    univariable : dict of str to Model or NotEstimable
    multivariable, combined : Model or NotEstimable
    curves : dict of str to RocCurve or NotEstimable
        Of each marker.
    combined_curve : RocCurve or NotEstimable
    """

    compared: dict[str, Contrast]
    binary: dict[str, BinaryContrast | NotEstimable]
    correlations: CorrelationMatrix
    univariable: dict[str, Model | NotEstimable]
    multivariable: Model | NotEstimable
    combined: Model | NotEstimable
    curves: dict[str, RocCurve | NotEstimable]
    combined_curve: RocCurve | NotEstimable


def results_of(study: Study, *, last: StudyResults | None = None, workers: int = 1) -> StudyResults:
    """Compute a suite.

    Parameters
    ----------
    study : Study
    last : StudyResults, optional
        Of the same study before patients came or went: models begin where they ended.
    workers : int
        Threads to use.

    Returns
    -------
    StudyResults
        The same whatever `last` and `workers`, to the rounding of the models' last step.

    Examples
    --------
    >>> from analytics.statistics.suite import Suite
    >>> suite = Suite("mhd", "died", ("mg",), (), ("mg", "p"), ("mg",), ("mg", "p"), ("mg",))
    >>> mg, p = [0.9, 1.0, 0.7, 0.9, 0.8, 1.1, 0.8, 1.0], [1.2, 1.1, 2.1, 1.4, 1.9, 1.6, 1.3, 1.9]
    >>> columns = {"mhd": [0, 0, 1, 1, 1, 1, 1, 1], "died": [0, 0, 1, 0, 1, 0, 0, 1], "mg": mg, "p": p}
    >>> found = results_of(Study.of(suite, columns))
    >>> round(found.compared["mg"].welch.difference, 4), round(found.curves["mg"].auc, 4)
    (-0.0667, 0.7222)
    """
    suite = study.suite
    with running(study.multivariable.n, workers) as run:
        # The longest first, so that no thread is left waiting for it.
        multivariable, (combined, curve), correlations, compared, binary, univariable, curves = run(
            [
                partial(
                    attempt, fit_rows, study.multivariable, last=_fitted(last.multivariable if last else None)
                ),
                partial(_combination, study.combined, _fitted(last.combined if last else None)),
                study.moments.correlations,
                lambda: {name: _contrast(study.counts[name]) for name in suite.compared},
                lambda: {name: attempt(_contrast_binary, study.counts[name]) for name in suite.binary},
                lambda: fit_each(
                    {name: study.counts[name] for name in suite.univariable},
                    EVENT,
                    ALIVE,
                    last=last.univariable if last else None,
                ),
                lambda: {name: attempt(_curve, study.counts[name]) for name in suite.markers},
            ]
        )
    return StudyResults(
        compared=compared,
        binary=binary,
        correlations=correlations,
        univariable=univariable,
        multivariable=multivariable,
        combined=combined,
        curves=curves,
        combined_curve=curve,
    )


def _fitted(result: Model | NotEstimable | None) -> Model | None:
    return result if isinstance(result, Model) else None


def _contrast(table: ValueCounts) -> Contrast:
    return contrast(table, _EXPOSED, REFERENCE)


def _contrast_binary(table: ValueCounts) -> BinaryContrast:
    return contrast_binary(table, _EXPOSED, REFERENCE)


def _curve(table: ValueCounts) -> RocCurve:
    return roc_curve_from_counts(table.values, table.of_class(EVENT), table.of_class(ALIVE))


def _combination(rows: Rows, last: Model | None) -> tuple[Model | NotEstimable, RocCurve | NotEstimable]:
    model = attempt(fit_rows, rows, last=last)
    return model, model if isinstance(model, NotEstimable) else combined_curve(model)
