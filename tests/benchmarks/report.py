"""What a run found, beside what was wanted."""

from statistics import median

from tests.benchmarks.figures import largest_difference
from tests.benchmarks.match import Score

# Ratios wanted at each size: by our task and their baseline.
WANTED = {
    1_000_000: {
        ("csv", "idiom"): 40,
        ("csv", "expert"): 4,
        ("arrow", "idiom"): 60,
        ("arrow", "expert"): 6,
        ("added", "idiom"): 150,
    },
    100_000: {("csv", "idiom"): 30, ("csv", "expert"): 4, ("added", "idiom"): 120},
    400: {("csv", "expert"): 1, ("added", "expert"): 2},
}
PEAK_MB = 700
OPTIMISM = 50


def print_suite(n: int, score: Score) -> None:
    print(f"\n{n:,} patients, the suite; {_seconds(score)}")
    _ratios(score, {pair: WANTED.get(n, {}).get(pair) for pair in _pairs(score)})
    print(f"  peak memory of a fresh process: {score.peak_mb:.0f} MB (wanted: below {PEAK_MB})")
    for name in ("idiom", "expert"):
        for ours in ("csv", "arrow", "added"):
            if name in score.figures:
                difference, where = largest_difference(score.figures[ours], score.figures[name])
                print(f"  largest relative difference of {ours} from {name}: {difference:.1e} at {where[1:]}")


def print_optimism(score: Score) -> None:
    print(f"\nBootstrap optimism, 500 resamples of 200 patients, 9 predictors; {_seconds(score)}")
    _ratios(score, {("optimism", "rms"): OPTIMISM} if "rms" in score.seconds else {})
    for name, found in score.figures.items():
        print(f"  {name}: apparent {found['apparent']:.6f}, corrected {found['corrected']:.4f}")


def _pairs(score: Score) -> list[tuple[str, str]]:
    return [(a, b) for a in ("csv", "arrow", "added") for b in ("idiom", "expert") if b in score.seconds]


def _seconds(score: Score) -> str:
    return "median seconds: " + ", ".join(
        f"{name} {median(found):.4g}" for name, found in score.seconds.items()
    )


def _ratios(score: Score, wanted: dict[tuple[str, str], float | None]) -> None:
    for (ours, theirs), least in wanted.items():
        pairs = zip(score.seconds[theirs], score.seconds[ours], strict=True)
        ratio = median(b / a for b, a in pairs)
        verdict = "" if least is None else f"  wanted {least}: {'met' if ratio >= least else 'SHORT'}"
        print(f"  {ours:>8} against {theirs:<6} {ratio:8.1f} times as fast{verdict}")
