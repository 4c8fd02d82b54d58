"""What the hazard is related to in a survival question, and which of it is a measurement."""

from analytics.plan import Definition, Variables

TOLD_AT_ENROLMENT = frozenset(
    {
        "age",
        "diabetes",
        "enrolled_on",
        "group",
        "hypertension",
        "prior_cvd",
        "sex",
        "site",
        "smoking",
        "vintage_months",
    }
)


def measured_predictors(definition: Definition, variables: Variables) -> list[str]:
    """The groups, covariates and markers with a value from the window of baseline measurements."""
    models = definition.get("models", [])
    named = [
        *([definition["by"]] if definition.get("by") else []),
        *[code for model in models for code in (*model["covariates"], *model.get("strata", []))],
        *definition.get("areas", {}).get("markers", {}),
    ]
    return [
        code for code in dict.fromkeys(named) if variables[code].get("from", code) not in TOLD_AT_ENROLMENT
    ]
