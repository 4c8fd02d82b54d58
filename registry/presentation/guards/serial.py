"""Words for remarks on what was measured again and again."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.presentation.guards.naming import Found, Name, Wordings, listed
from registry.presentation.rounding import count


def _repeated_rows(found: Found, name: Name) -> tuple[str, str]:
    n_rows = found["count"]
    text = ngettext(
        "%(count)s row of the table of patients repeats a patient.",
        "%(count)s rows of the table of patients repeat a patient.",
        n_rows or 2,
    ) % {"count": count(n_rows)}
    return text, _(
        "Rows of one patient are no patients of their own: give each one row, and ask the repeated "
        "measurements as a question over time."
    )


def _measured_late(found: Found, name: Name) -> tuple[str, str]:
    named = listed(
        [
            _("%(model)s, %(count)s of %(n)s")
            % {"model": name(model["name"]), "count": count(model["count"]), "n": count(model["n"])}
            for model in found["models"]
        ]
    )
    return (
        _("Values were measured after the time from which the hazard is counted (%(named)s).")
        % {"named": named},
        _(
            "Only who lived to be measured has such a value, which makes it look protective: count from a "
            "landmark, or update the value as it is measured."
        ),
    )


WORDING: Wordings = {("G26", "rows"): _repeated_rows, ("G27", "model"): _measured_late}
