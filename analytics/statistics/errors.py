"""What a statistic says when it cannot be computed."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class NotEstimable(ValueError):
    """A statistic that these observations cannot give, with the reason as a code.

    Parameters
    ----------
    reason : str
        Code of the reason, such as ``"constant"`` or ``"one_class"``; presentation turns it into words.
    **details : str, int, float or tuple
        What the words need: the column, the count found, the count needed.

    Examples
    --------
    >>> raise NotEstimable("too_few", n=2, needed=3)
    Traceback (most recent call last):
    ...
    analytics.statistics.errors.NotEstimable: too_few (n=2, needed=3)
    """

    def __init__(self, reason: str, **details: object) -> None:
        self.reason = reason
        self.details = details
        listed = ", ".join(f"{name}={value}" for name, value in details.items())
        super().__init__(f"{reason} ({listed})" if listed else reason)


def attempt(compute: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | NotEstimable:
    """What `compute` returns, or its refusal in the place of a result.

    Parameters
    ----------
    compute : callable
        A statistic that may refuse.
    *args, **kwargs
        What it is called with.

    Returns
    -------
    object or NotEstimable

    Examples
    --------
    >>> attempt(float, "1.5")
    1.5
    """
    try:
        return compute(*args, **kwargs)
    except NotEstimable as refusal:
        return refusal
