"""Remarks on the record behind a result: where it is kept, when it was measured, how it was written down."""

from collections.abc import Mapping, Sequence

from analytics.guards.remark import Entry, Guard, guard

COMMITTED = "commit "


def not_frozen(provenance: Mapping[str, str | None]) -> Guard | None:
    """G21: a number stands beside a published one, and its table or its code cannot be fetched again."""
    lacking = [
        name
        for name, is_kept in (
            ("table", bool(provenance["dataset_sha256"])),
            ("code", (provenance["code_version"] or "").startswith(COMMITTED)),
        )
        if not is_kept
    ]
    if not lacking:
        return None
    return guard("G21", "warn", "Peng RD. Science 2011;334:1226-1227", lacking=lacking)


def may_be_measured_late(variables: Sequence[str], days_after: int | None) -> Guard | None:
    """G27: the window of baseline values reaches past the day from which the hazard is counted."""
    if not variables or not days_after:
        return None
    source = "Suissa S. Am J Epidemiol 2008;167:492-499"
    return guard("G27", "note", source, place="window", variables=list(variables), days=days_after)


def mixed_units(variables: Mapping[str, Entry]) -> Guard | None:
    """G29: some values lie as far from the others as two units of the quantity do."""
    if not variables:
        return None
    source = "Huebner M et al. Observational Studies 2018;4:171-192"
    return guard("G29", "warn", source, place="units", variables=dict(variables))


def preferred_digits(variables: Mapping[str, Entry]) -> Guard | None:
    """G29: values end in 0 or 5 more often than chance has it."""
    if not variables:
        return None
    source = "de Lusignan S et al. J Hum Hypertens 2004;18:261-265"
    return guard("G29", "note", source, place="digits", variables=dict(variables))
