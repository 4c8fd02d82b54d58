"""A simulated cohort put into the record."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.bulk import Loaded, Rows, load_rows
from registry.actions.patients import check_digit
from registry.actions.refusals import refuse
from registry.dictionary.loader import require_dictionary
from registry.dictionary.rules import rules
from registry.exchange.cohorts import create_defined_cohort
from registry.exchange.simulation import load_params, simulate_cohort
from registry.models import Cohort, User


def load_simulated_cohort(
    *,
    by: User | None,
    slug: str,
    patients: int,
    controls: int,
    draws: int,
    seed: int,
    tell: Callable[[int], None] = lambda n: None,
) -> Loaded:
    """Create a cohort of this short name and fill it; what is beyond hard limits comes back as refused rows.

    `tell` hears how many people have been simulated so far.
    """
    require_dictionary()
    if Cohort.objects.filter(slug=slug).exists():
        message = _(
            "There is a cohort “%(value)s” already; a simulation never adds to one. Choose another name."
        )
        refuse("cohort", message, "duplicate", value=slug)
    params = load_params()
    sites = [site["code"] for site in params["cohort"]["sites"]]
    factors = {
        code: {
            unit: float(conversion.factor)
            for unit, conversion in rule.conversions.items()
            if unit != rule.unit
        }
        for code, rule in rules().items()
    }
    blocks = simulate_cohort(
        params,
        factors,
        _study_ids(sites, patients + controls, seed),
        patients=patients,
        controls=controls,
        draws=draws,
        seed=seed,
    )
    with transaction.atomic():
        cohort = create_defined_cohort(by=by, definition=params["cohort"], slug=slug, door="command")
        reason = f"Simulated with seed {seed}"
        return load_rows(
            by=by, cohort=cohort, door="command", blocks=_told(blocks, tell), reason=reason, keep_rest=True
        )


def _told(blocks: Iterable[Rows], tell: Callable[[int], None]) -> Iterator[Rows]:
    told = 0
    for rows in blocks:
        yield rows
        told += len(rows.patients)
        tell(told)


def _study_ids(sites: Iterable[str], total: int, seed: int) -> Mapping[str, Iterator[str]]:
    """Study numbers as sites make them, the same for the same seed, none of them twice."""
    n_digits = max(6, len(str(2 * total)))
    shuffled = iter(np.random.default_rng([seed, 2]).permutation(10**n_digits)[:total])

    def of_site(code: str) -> Iterator[str]:
        for number in shuffled:
            digits = f"{number:0{n_digits}d}"
            yield f"{code}-{digits}-{check_digit(digits)}"

    return {code: of_site(code) for code in sites}
