"""The summary of what a form refuses, at its top."""

from django import forms, template

register = template.Library()


@register.inclusion_tag("registry/_error_summary.html")
def error_summary(form: forms.Form) -> dict[str, object]:
    """Every refusal with a link to its field; a message that does not name its field is given the name."""
    entries = [("", str(error)) for error in form.non_field_errors()]
    for bound in form:
        for error in bound.errors:
            names_field = str(error).startswith(str(bound.label))
            entries.append((bound.id_for_label, str(error) if names_field else f"{bound.label}: {error}"))
    return {"entries": entries}
