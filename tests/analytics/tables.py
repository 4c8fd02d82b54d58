"""Plain analysis tables for tests: one row per patient, as the cohort's reading lays them out."""

from pathlib import Path

import numpy as np
import pandas as pd

PAPER_LIKE = Path(__file__).parent / "data" / "paper_like_roc_fixture.csv"


def paper_like() -> pd.DataFrame:
    """The 200 rows that attain the model study's four printed ROC curves."""
    rows = pd.read_csv(PAPER_LIKE)
    return pd.DataFrame(
        {
            "study_id": rows["id"],
            "group": "mhd",
            "terminal_status": np.where(rows["cvd_death"] == 1, "death_cv", "admin_end"),
            "mg": rows["mg_mmol_l"],
            "ca": rows["ca_mmol_l"],
            "p": rows["p_mmol_l"],
        }
    )


def mhd(n: int = 200, *, seed: int = 1) -> pd.DataFrame:
    """Haemodialysis patients and as many controls; some values are missing, as in life."""
    rng = np.random.default_rng(seed)
    frame = pd.concat([_group(rng, n, is_mhd) for is_mhd in (True, False)], ignore_index=True)
    frame["ca_x_p"] = frame["ca"] * frame["p"]
    # Drawn apart, so that the other columns stay as they were.
    frame["follow_up_months"] = np.random.default_rng(seed + 100).uniform(1, 72, len(frame)).round(1)
    days = np.random.default_rng(seed + 200).integers(0, 760, len(frame)).astype("timedelta64[D]")
    frame["enrolled_on"] = (np.datetime64("2020-05-01") + days).astype("datetime64[s]")
    for code in ("vit_d25", "bmp7", "hs_crp"):
        frame.loc[rng.random(len(frame)) < 0.08, code] = np.nan
    frame.insert(0, "study_id", [f"S{number:05d}" for number in range(len(frame))])
    return frame


def below_detection(frame: pd.DataFrame, limit: float = 1.2) -> pd.DataFrame:
    """Values of hs-CRP below a limit are known to be below it only."""
    comparators = np.where(frame["hs_crp"] < limit, "<", "")
    return frame.assign(hs_crp=frame["hs_crp"].clip(lower=limit), hs_crp_limit=comparators)


def draws_of(frame: pd.DataFrame, *, visits: int = 5, seed: int = 3) -> pd.DataFrame:
    """Phosphorus and magnesium every three months of follow-up, the first as in the table."""
    rng = np.random.default_rng(seed)
    n, months = len(frame), 3.0 * np.arange(visits)
    patient = np.repeat(np.arange(n), visits)
    taken = np.where(np.tile(months, n) > 0, np.tile(months, n) + rng.uniform(0, 0.2, n * visits), 0.0)
    noise = rng.normal(0, 0.1, n * visits) * (taken > 0)
    values = {
        "p": frame["p"].to_numpy()[patient] * np.exp(noise + 0.01 * taken),
        "mg": frame["mg"].to_numpy()[patient] * np.exp(noise / 2),
    }
    drawn = pd.DataFrame({"patient": patient, "months": taken, **values})
    return drawn[taken <= frame["follow_up_months"].to_numpy()[patient]].reset_index(drop=True)


def readings_of(frame: pd.DataFrame, *, seed: int = 4) -> pd.DataFrame:
    """A reading of every film, and a second reader's of every other one."""
    rng = np.random.default_rng(seed)
    film = {"months": 0.0, "reader": "A", "modality": "radiograph"}
    first = pd.DataFrame({"patient": np.arange(len(frame)), **film})
    first["aac24"] = frame["aac24"].to_numpy()
    second = first[::2].assign(reader="B")
    second["aac24"] = np.clip(second["aac24"] + np.rint(rng.normal(0, 1.5, len(second))), 0, 24)
    readings = pd.concat([first, second], ignore_index=True)
    walls = np.minimum(3.0, readings["aac24"].to_numpy()[:, None] // np.arange(2, 10))
    names = [f"l{level}_{wall}" for level in range(1, 5) for wall in ("anterior", "posterior")]
    readings[names] = walls
    return readings.sort_values("patient", kind="stable", ignore_index=True)


def _group(rng: np.random.Generator, n: int, is_mhd: bool) -> pd.DataFrame:
    normal = {
        "age": (58, 14) if is_mhd else (55, 11),
        "mg": (1.08, 0.15) if is_mhd else (0.88, 0.07),
        "ca": (2.24, 0.22) if is_mhd else (2.31, 0.11),
    }
    lognormal = {
        "vintage_months": (40, 1.0),
        "p": (1.85, 0.33) if is_mhd else (1.16, 0.15),
        "ipth": (269, 1.0) if is_mhd else (33, 0.4),
        "vit_d25": (13.5, 0.5) if is_mhd else (21.6, 0.4),
        "bmp7": (75, 0.5) if is_mhd else (110, 0.5),
        "hs_crp": (4.5, 1.3) if is_mhd else (0.8, 0.9),
    }
    columns = {code: rng.normal(mean, sd, n) for code, (mean, sd) in normal.items()}
    columns |= {
        code: median * np.exp(sigma * rng.standard_normal(n)) for code, (median, sigma) in lognormal.items()
    }
    score = rng.poisson(np.exp(1.4 + 0.03 * (columns["age"] - 58)), n) * (
        rng.random(n) < (0.75 if is_mhd else 0.2)
    )
    risk = 1 / (1 + np.exp(1.3 - 0.05 * (columns["age"] - 58) + 4 * (columns["mg"] - 1.08)))
    others = rng.choice(["", "death_non_cv", "transplant", "lost"], n, p=[0.75, 0.12, 0.08, 0.05])
    return pd.DataFrame(
        {
            "group": "mhd" if is_mhd else "control",
            "sex": rng.choice(["male", "female"], n, p=[0.6, 0.4]),
            "diabetes": rng.choice(["none", "type_2"], n, p=[0.7, 0.3]) if is_mhd else "none",
            "terminal_status": np.where(rng.random(n) < risk, "death_cv", others) if is_mhd else "",
            "aac24": np.minimum(score, 24).astype(float),
            **columns,
        }
    )


def nhanes(n: int = 1500, *, seed: int = 2) -> pd.DataFrame:
    """People of the general population, with the columns that NHANES has."""
    rng = np.random.default_rng(seed)
    absent = ["mg", "ipth", "bmp7", "hs_crp", "vintage_months", "enrolled_on"]
    frame = mhd(n, seed=seed).head(n).drop(columns=absent)
    return frame.assign(
        group="participant",
        terminal_status=lambda table: table["terminal_status"].replace("transplant", ""),
        diabetes=rng.choice(["none", "borderline", "unspecified"], n, p=[0.8, 0.05, 0.15]),
        hypertension=rng.choice(["yes", "no"], n),
        smoking=rng.choice(["never", "former", "current"], n),
        albumin=rng.normal(42, 3, n),
        ca_corrected=lambda table: table["ca"] + 0.02 * (40 - table["albumin"]),
        creatinine=80 * np.exp(0.3 * rng.standard_normal(n)),
        alp=70 * np.exp(0.3 * rng.standard_normal(n)),
    )
