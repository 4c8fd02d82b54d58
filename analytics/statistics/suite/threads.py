"""Independent pieces of work on a few threads; numpy lets go of the interpreter for the long ones."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

Run = Callable[[Sequence[Callable[[], Any]]], list[Any]]
"""Does some pieces and returns what each gave, in their order."""

_FEW = 20_000
"""Below so many patients a second thread costs more than it gives."""


@contextmanager
def running(n: int, workers: int) -> Iterator[Run]:
    """A way to do pieces of work for `n` patients on at most so many threads.

    Parameters
    ----------
    n : int
        Patients.
    workers : int
        Most threads to use.

    Returns
    -------
    context manager of Run

    Examples
    --------
    >>> with running(3, workers=1) as run:
    ...     run([lambda: 1, lambda: 2])
    [1, 2]
    """
    if workers < 2 or n < _FEW:
        yield lambda pieces: [piece() for piece in pieces]
        return
    with ThreadPoolExecutor(workers) as pool:
        yield lambda pieces: list(pool.map(lambda piece: piece(), pieces))
