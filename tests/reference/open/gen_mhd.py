"""Synthetic maintenance-haemodialysis (MHD) cohort: N rows, half MHD and half controls.

    python gen_mhd.py --n 400 --seed 20251009 --out mhd400.csv [--missing 0.0] [--shuffle] [--parquet out.parquet]

Reproducible: numpy PCG64(seed); exactly 24 % of the MHD rows die of CVD (48 of 200 at N = 400) and
10 % of other causes.  No real patient is in it; the marginal values are only *plausible* for MHD.
Columns
  patient_id  1..N
  grp         'MHD' | 'control'
  sex         0 female, 1 male
  age         years, integer
  diabetes    0/1
  mg ca p     mmol/L, 2 decimals
  ca_p        mmol^2/L^2, exact product of the stored ca and p (4 decimals)
  ipth        pg/mL, 1 decimal        aacs   0..24 integer (abdominal aortic calcification score)
  vitd        ng/mL, 1 decimal        bmp7   pg/mL, 1 decimal        hscrp  mg/L, 2 decimals
  cvd_death   0/1 in MHD, empty in controls (they have no outcome)
  fu_months   follow-up in months, 1 decimal (MHD only)
  status      0 censored, 1 CVD death, 2 death of another cause (MHD only)
"""

import argparse

import numpy as np
import pandas as pd


def corr_normals(rng, n, names, pairs):
    k = len(names)
    r = np.eye(k)
    ix = {v: i for i, v in enumerate(names)}
    for (a, b), v in pairs.items():
        r[ix[a], ix[b]] = r[ix[b], ix[a]] = v
    w, q = np.linalg.eigh(r)  # nearest PSD, unit diagonal
    r = (q * np.clip(w, 1e-3, None)) @ q.T
    d = np.sqrt(np.diag(r))
    r = r / d[:, None] / d[None, :]
    z = rng.standard_normal((n, k)) @ np.linalg.cholesky(r).T
    return {v: z[:, i] for i, v in enumerate(names)}


def make(n=400, seed=20251009, missing=0.0, shuffle=False):
    rng = np.random.Generator(np.random.PCG64(seed))
    m = n // 2  # MHD
    c = n - m  # controls
    names = ["age", "mg", "ca", "p", "ipth", "aacs", "vitd", "bmp7", "hscrp"]
    zm = corr_normals(
        rng,
        m,
        names,
        {
            ("mg", "ca"): 0.15,
            ("mg", "p"): -0.12,
            ("mg", "bmp7"): 0.30,
            ("mg", "aacs"): -0.25,
            ("ca", "p"): 0.10,
            ("ca", "aacs"): 0.15,
            ("p", "ipth"): 0.40,
            ("p", "aacs"): 0.35,
            ("p", "bmp7"): -0.30,
            ("ipth", "aacs"): 0.30,
            ("ipth", "bmp7"): -0.35,
            ("age", "aacs"): 0.40,
            ("age", "hscrp"): 0.15,
            ("aacs", "bmp7"): -0.25,
            ("vitd", "ca"): 0.20,
            ("vitd", "ipth"): -0.20,
            ("hscrp", "aacs"): 0.20,
        },
    )
    zc = corr_normals(
        rng,
        c,
        names,
        {
            ("age", "aacs"): 0.35,
            ("mg", "ca"): 0.10,
            ("vitd", "ipth"): -0.2,
            ("vitd", "ca"): 0.15,
            ("p", "ca"): 0.08,
        },
    )

    def both(name, fm, fc):
        return np.concatenate([fm(zm[name]), fc(zc[name])])

    age = np.clip(np.rint(both("age", lambda z: 58 + 12 * z, lambda z: 56 + 12 * z)), 20, 92)
    mg = np.clip(np.round(both("mg", lambda z: 0.86 + 0.12 * z, lambda z: 0.98 + 0.09 * z), 2), 0.35, 1.80)
    ca = np.clip(np.round(both("ca", lambda z: 2.22 + 0.20 * z, lambda z: 2.32 + 0.11 * z), 2), 1.40, 3.20)
    p = np.clip(np.round(both("p", lambda z: 1.95 + 0.45 * z, lambda z: 1.15 + 0.17 * z), 2), 0.50, 4.20)
    ipth = np.round(both("ipth", lambda z: 300 * np.exp(0.70 * z), lambda z: 42 * np.exp(0.30 * z)), 1)
    aacs = np.clip(np.rint(both("aacs", lambda z: 7 + 5 * z, lambda z: 0.5 + 1.6 * z)), 0, 24)
    vitd = np.clip(
        np.round(both("vitd", lambda z: 17 * np.exp(0.38 * z), lambda z: 24 * np.exp(0.30 * z)), 1), 3, 90
    )
    bmp7 = np.clip(np.round(both("bmp7", lambda z: 78 + 22 * z, lambda z: 118 + 24 * z), 1), 5, 260)
    hscrp = np.clip(
        np.round(both("hscrp", lambda z: 4.2 * np.exp(0.85 * z), lambda z: 1.1 * np.exp(0.70 * z)), 2),
        0.05,
        160,
    )
    grp = np.concatenate([np.ones(m, int), np.zeros(c, int)])
    sex = (rng.random(n) < 0.57).astype(int)
    dm = (rng.random(n) < np.where(grp == 1, 0.36, 0.07)).astype(int)
    ca_p = np.round(ca * p, 4)
    # outcome in MHD: exactly round(.24 m) CVD deaths, those with the highest latent risk
    s = slice(0, m)
    lp = (
        0.045 * (age[s] - 58)
        + 0.70 * dm[s]
        - 8.0 * (mg[s] - 0.86)
        + 1.7 * (p[s] - 1.95)
        + 2.2 * (ca[s] - 2.22)
        + 0.45 * np.log(hscrp[s] / 4.2)
    )
    lat = lp + rng.logistic(size=m)
    nd = round(0.24 * m)
    dead = np.zeros(m, int)
    dead[np.argsort(-lat, kind="stable")[:nd]] = 1
    other = np.zeros(m, int)
    lat2 = np.where(dead == 1, -np.inf, 0.06 * (age[s] - 58) + rng.logistic(size=m))
    other[np.argsort(-lat2, kind="stable")[: round(0.10 * m)]] = 1
    cens = rng.uniform(14, 48, m)
    lost = rng.random(m) < 0.06
    cens = np.where(lost, rng.uniform(1, 14, m), cens)
    u = rng.random(m)
    t_cvd = 40 * u ** np.clip(1.0 + 0.18 * lp, 0.3, 3.0) ** -1 * rng.uniform(0.55, 1.0, m)
    t_cvd = 40 - t_cvd  # higher risk: earlier
    t_oth = rng.uniform(1, 44, m)
    fu = np.where(dead == 1, t_cvd, np.where(other == 1, t_oth, cens))
    fu = np.round(np.clip(fu, 0.3, 48), 1)
    status = np.where(dead == 1, 1, np.where(other == 1, 2, 0))
    nanc = np.full(c, np.nan)
    df = pd.DataFrame(
        {
            "patient_id": np.arange(1, n + 1),
            "grp": np.where(grp == 1, "MHD", "control"),
            "sex": sex,
            "age": age.astype(int),
            "diabetes": dm,
            "mg": mg,
            "ca": ca,
            "p": p,
            "ca_p": ca_p,
            "ipth": ipth,
            "aacs": aacs.astype(int),
            "vitd": vitd,
            "bmp7": bmp7,
            "hscrp": hscrp,
            "cvd_death": pd.array(np.concatenate([dead.astype(float), nanc]), dtype="Int64"),
            "fu_months": np.concatenate([fu, nanc]),
            "status": pd.array(np.concatenate([status.astype(float), nanc]), dtype="Int64"),
        }
    )
    if missing > 0:
        for i, col in enumerate(["mg", "p", "ipth", "vitd", "bmp7", "hscrp"]):
            k = rng.random(n) < missing * (1 + (i % 3))
            df.loc[k, col] = np.nan
        df.loc[df["p"].isna(), "ca_p"] = np.nan
    if shuffle:
        df = df.iloc[rng.permutation(n)].reset_index(drop=True)
    return df


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--n", type=int, default=400)
    a.add_argument("--seed", type=int, default=20251009)
    a.add_argument("--missing", type=float, default=0.0)
    a.add_argument("--shuffle", action="store_true")
    a.add_argument("--out", required=True)
    a.add_argument("--parquet")
    o = a.parse_args()
    d = make(o.n, o.seed, o.missing, o.shuffle)
    d.to_csv(o.out, index=False)
    if o.parquet:
        d.to_parquet(o.parquet, index=False)
