"""What a suite of results asks about a study."""

from dataclasses import dataclass

REFERENCE, ALIVE, EVENT, UNKNOWN = CLASSES = (
    "reference",
    "exposed without event",
    "exposed with event",
    "unknown",
)
"""The reference group has no outcome; `UNKNOWN` are exposed patients without one."""


@dataclass(frozen=True)
class Suite:
    """Which columns are compared, correlated and modelled.

    Attributes
    ----------
    group : str
        Column that is 1 in the exposed group, 0 in the reference group.
    outcome : str
        Column that is 1 where the outcome occurred; looked at in the exposed group alone.
    compared : tuple of str
        Measurements compared between the groups.
    binary : tuple of str
        Columns of 0 and 1 compared between the groups.
    correlated : tuple of str
        Measurements correlated with each other, in both groups together.
    univariable : tuple of str
        Each alone in a logistic model of the outcome.
    multivariable : tuple of str
        Together in one logistic model of the outcome.
    markers : tuple of str
        Each with a ROC curve for the outcome, and all combined by a logistic model with one more.
    """

    group: str
    outcome: str
    compared: tuple[str, ...]
    binary: tuple[str, ...]
    correlated: tuple[str, ...]
    univariable: tuple[str, ...]
    multivariable: tuple[str, ...]
    markers: tuple[str, ...]

    @property
    def measurements(self) -> tuple[str, ...]:
        """Every column but group and outcome, once."""
        return tuple(
            dict.fromkeys(
                self.compared
                + self.binary
                + self.correlated
                + self.univariable
                + self.multivariable
                + self.markers
            )
        )
