"""What was refused, in the terminal's words."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.actions.bulk import Refusal

SHOWN = 20


def refusal_lines(refusals: Sequence[Refusal], *, shown: int = SHOWN) -> Iterator[str]:
    """How many were refused, of which kinds, and the first of them with row, field, value and way out."""
    n = len(refusals)
    yield ngettext("%d thing refused:", "%d things refused:", n) % n
    kinds = Counter((refusal.field, refusal.code) for refusal in refusals)
    for (name, code), count in kinds.most_common():
        yield f"  {count:>7} × {name} ({code})"
    for refusal in refusals[:shown]:
        where = [_("row %d") % refusal.row] if refusal.row else []
        where += [refusal.study_id] if refusal.study_id else []
        value = f" “{refusal.value}”" if refusal.value else ""
        yield f"  {', '.join([*where, refusal.field])}{value}: {refusal.message}"
    if n > shown:
        yield "  " + _("… and %(more)d more. See them all with --list %(n)d.") % {"more": n - shown, "n": n}
