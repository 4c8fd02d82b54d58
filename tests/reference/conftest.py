"""Say at the end of the session how many figures were held against R."""

from collections import Counter, defaultdict

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    missing: dict[str, set[str]] = defaultdict(set)
    for reports in terminalreporter.stats.values():
        for report in reports:
            found = dict(getattr(report, "user_properties", ())).get("reference")
            if found and report.when == "call":
                totals[found["kind"]].update(cases=1, **found["counts"])
                missing[found["kind"]].update(found["not_offered"])
    if not totals:
        return
    compared = sum(total["same"] + total["differs"] for total in totals.values())
    absent = sum(total["not offered"] for total in totals.values())
    terminalreporter.section("reference figures")
    terminalreporter.write_line(f"{compared:,} figures compared, {absent:,} expected ones not offered")
    for kind, total in sorted(totals.items()):
        terminalreporter.write_line(
            f"{kind:<22} {total['cases']:>4} cases {total['same'] + total['differs']:>7,} compared"
            f" {total['not offered']:>6,} not offered {total['differs']:>6,} differ"
            f" {total['not comparable']:>6,} declared not comparable"
        )
        if config.get_verbosity() > 0 and missing[kind]:
            terminalreporter.write_line(f"    not offered: {', '.join(sorted(missing[kind]))}")
