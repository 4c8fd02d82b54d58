"""Names of variables, levels and terms as the plan words them, in the reader's language."""

from collections.abc import Callable
from typing import Any

from analytics.plan import Variables
from registry.presentation.rounding import MISSING, number


def gettext_noop(text: str) -> str:
    """Marks a text for the translators where it is not yet known which will be shown."""
    return text


METHODS = {
    "pearson": gettext_noop("Pearson's r"),
    "spearman": gettext_noop("Spearman's rank correlation"),
    "kendall": gettext_noop("Kendall's tau-b"),
}
ADJUSTMENTS = {
    "bh": gettext_noop("Benjamini–Hochberg"),
    "by": gettext_noop("Benjamini–Yekutieli"),
    "holm": gettext_noop("Holm"),
    "bonferroni": gettext_noop("Bonferroni"),
}


class Words:
    """The plan's labels and a translator; the figures themselves know no language."""

    def __init__(self, variables: Variables, gettext: Callable[[str], str] = str) -> None:
        self.variables = variables
        self.gettext = gettext

    def name(self, code: str) -> str:
        """A variable's name: Magnesium."""
        variable = self.variables.get(code)
        return self.gettext(variable["label"]) if variable else code

    def inside(self, code: str) -> str:
        """A variable's name within a sentence: magnesium."""
        return inside(self.name(code))

    def unit(self, code: str) -> str:
        """A variable's unit, empty where it has none."""
        return self.gettext(self.variables.get(code, {}).get("unit", ""))

    def value(self, code: str, value: float | None, *, finer: int = 0) -> str:
        """A value of a variable, with the decimals that the plan gives it, or some more."""
        return number(value, self.variables.get(code, {}).get("decimals", 2) + finer)

    def interval(self, code: str, low: float | None, high: float | None, *, finer: int = 0) -> str:
        """Both ends of an interval on a variable's scale, with its decimals or some more."""
        if low is None or high is None:
            return MISSING
        ends = {"low": self.value(code, low, finer=finer), "high": self.value(code, high, finer=finer)}
        return self.gettext("%(low)s to %(high)s") % ends

    def with_unit(self, code: str) -> str:
        """A variable's name and unit: Magnesium, mmol/L."""
        return f"{self.name(code)}, {self.unit(code)}" if self.unit(code) else self.name(code)

    def level(self, code: str, level: str) -> str:
        """The name of one level of a categorical variable."""
        variable = self.variables.get(code, {})
        named = {entry["code"]: entry["label"] for entry in variable.get("levels", ())}
        derived = {"yes": variable.get("yes", "Yes"), "no": variable.get("no", "No")}
        return self.gettext(named.get(level) or derived.get(level, level))

    def method(self, method: str) -> str:
        """The name of a correlation coefficient."""
        return self.gettext(METHODS[method])

    def adjustment(self, adjustment: str) -> str:
        """The name of an adjustment of P values."""
        return self.gettext(ADJUSTMENTS[adjustment])

    def stratum(self, stratum: str, by: str | None) -> str:
        """The name of the patients a correlation was computed in."""
        if stratum == "pooled":
            return self.gettext("all together")
        if stratum == "all":
            return self.gettext("everyone")
        return inside(self.level(by, stratum)) if by else stratum

    def term(self, term: dict[str, Any]) -> str:
        """A model term with what its odds ratio is for: Magnesium, per 0.1 mmol/L."""
        name = self.name(term["variable"])
        if term.get("level") is not None:
            versus = self.gettext("%(name)s: %(level)s, against %(reference)s")
            return versus % {
                "name": name,
                "level": inside(self.level(term["variable"], term["level"])),
                "reference": inside(self.level(term["variable"], term["reference"])),
            }
        if term.get("per") is None:
            return name
        variable = self.variables[term["variable"]]
        if term["per"] == 1 and "each" in variable:
            each = self.gettext("%(name)s, per %(unit)s")
            return each % {"name": name, "unit": self.gettext(variable["each"])}
        per = f"{term['per']:g}"
        return self.gettext("%(name)s, per %(per)s %(unit)s") % {
            "name": name,
            "per": per,
            "unit": self.unit(term["variable"]),
        }

    def model(self, model: dict[str, Any]) -> str:
        """The title of a model, and that it only replicates where it does."""
        title = self.gettext(model["title"])
        return (
            self.gettext("%(title)s (replication)") % {"title": title} if model["is_replication"] else title
        )

    def curve(self, curve: dict[str, Any]) -> str:
        """The name of a ROC curve: its marker, or the title of the combination."""
        return self.gettext(curve["title"]) if curve.get("title") else self.name(curve["marker"])


def inside(name: str) -> str:
    """A name as it stands within a sentence: its capital goes, unless it begins an abbreviation."""
    is_abbreviation = any(letter.isupper() for letter in name.split(" ")[0][1:])
    return name if is_abbreviation else name[:1].lower() + name[1:]
