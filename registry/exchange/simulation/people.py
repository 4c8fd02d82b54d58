"""Who the simulated people are: covariates and true values tied by a Gaussian copula."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr


def draw_people(rng: np.random.Generator, group: Mapping[str, Any], n: int) -> pd.DataFrame:
    """Draw n people of a group: one column a margin, aac24, and the covariates as booleans or codes."""
    names = [*group["margins"], "aac24"]
    latent = rng.standard_normal((n, len(names))) @ np.linalg.cholesky(_correlation(names, group)).T
    people = pd.DataFrame(
        {name: _margin(group["margins"][name], latent[:, column]) for column, name in enumerate(names[:-1])}
    )
    people["aac24"] = np.asarray(_inverse(group["aac24_probabilities"], ndtr(latent[:, -1])))
    people["is_male"] = rng.random(n) < group["male"]
    for covariate in ("diabetes", "hypertension", "smoking_current"):
        people[covariate] = rng.random(n) < group[covariate]
    people["prior_cvd"] = rng.random(n) < _probability(group.get("prior_cvd"), people)
    heights = np.array([group["height_cm"]["female"], group["height_cm"]["male"]], dtype=float)
    mean, sd = heights[people["is_male"].to_numpy(int)].T
    people["height"] = rng.normal(mean, sd)
    people["dry_weight"] = people.pop("bmi") * (people["height"] / 100) ** 2
    for code in ("vascular_access", "sessions_per_week"):
        if code in group:
            people[code] = _pick(rng, group[code], n)
    return people


def _correlation(names: list[str], group: Mapping[str, Any]) -> np.ndarray:
    matrix = np.eye(len(names))
    for pair, correlation in group["correlations"].items():
        first, second = map(names.index, pair.split("-"))
        matrix[first, second] = matrix[second, first] = correlation
    return matrix


def _margin(margin: Mapping[str, Any], z: np.ndarray) -> np.ndarray:
    if "normal" in margin:
        mean, sd = margin["normal"]
        values = mean + sd * z
    else:
        median, sigma = margin["lognormal"]
        values = median * np.exp(sigma * z)
    return np.clip(values, *margin["clip"])


def _inverse(probabilities: list[float], uniform: np.ndarray) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Inverse distribution function of a score from its probabilities, the rounded ones made to sum to 1."""
    cumulative = np.cumsum(probabilities) / np.sum(probabilities)
    return np.searchsorted(cumulative[:-1], uniform)


def _probability(rule: Mapping[str, Any] | None, people: pd.DataFrame) -> np.ndarray | float:
    if rule is None:
        return 0.0
    terms = ((name, effect) for name, effect in rule.items() if name != "intercept")
    return expit(rule["intercept"] + sum(slope * (people[name] - centre) for name, (slope, centre) in terms))


def _pick(rng: np.random.Generator, shares: Mapping[str, float], n: int) -> np.ndarray:
    return np.array(list(shares))[_inverse(list(shares.values()), rng.random(n))]
