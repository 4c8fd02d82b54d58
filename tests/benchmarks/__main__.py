"""Speed beside R, in one run: ``python -m tests.benchmarks``.

Every contestant is one warm process; they take turns, and each ratio is the median over the rounds. Ratios
hold on one machine at one time: never compare seconds of two runs.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks.match import BASELINES, OURS, THEIRS, has_r, play
from tests.benchmarks.reading import write_arrow
from tests.benchmarks.report import print_optimism, print_suite
from tests.reference.open.gen_mhd import make


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    asked.add_argument("--sizes", type=int, nargs="+", default=[400, 100_000, 1_000_000])
    asked.add_argument("--rounds", type=int, default=7)
    chosen = asked.parse_args()
    if not has_r():
        print(
            "R with data.table, pROC, jsonlite and rms is not installed: Calcis runs alone, without ratios."
        )
    with tempfile.TemporaryDirectory() as folder:
        for n in chosen.sizes:
            source = Path(folder, f"{n}.csv")
            make(n).to_csv(source, index=False)
            write_arrow(source, source.with_suffix(".arrow"))
            print_suite(n, play(source, OURS, THEIRS, chosen.rounds))
            if n == 400:
                print_optimism(play(source, ("optimism",), {"rms": BASELINES / "optimism.R"}, chosen.rounds))
            source.unlink()


main()
