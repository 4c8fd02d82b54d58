"""Inline SVG without style attributes, so that a strict content security policy holds.

Shape and place are attributes; colour is a class of the stylesheet, which knows light, dark and print:

==================  ==============================================================================
fig                 the <svg>; in a wrapper of class fig-scroll it keeps a readable width and scrolls
fig-label           text in ink, 13 px; fig-small: 12 px; fig-strong: weight 600
fig-muted           text or marks of lesser weight
fig-axis, fig-grid  axis lines and ticks; grid lines
fig-ref             reference lines (odds ratio 1, chance diagonal), dashed
fig-series-1 .. 4   marks of a series: the Okabe–Ito colours as fill
fig-line-1 .. 4     lines of a series: the same colours as stroke, 2 px; with fig-thin, 1 px
fig-badge           with fig-line-n: a disc in the paper's colour, for the number of a series
fig-stripe          every other row of a table-like figure, and cells that do not stand out
fig-band            intervals drawn as areas; fig-band-1 .. 4: those of a series, lightly in its colour
==================  ==============================================================================

Series also differ by dash, an attribute, so that the figures read in grey. A heat map's cells carry
their computed colour as a ``fill`` attribute: `diverging` gives it, and the text colour that reads on it.
"""

import math
from collections.abc import Sequence
from html import escape

SHARE_ENDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
DASHES = ("", "7 4", "2 3", "9 3 2 3")

ORANGE = (0xB3, 0x4A, 0x00)
PAPER = (0xF7, 0xF7, 0xF5)
BLUE = (0x00, 0x4E, 0x89)
INK = "#1a1a1a"
WHITE = "#ffffff"


class Drawing:
    """An SVG image under construction, with the title and description that stand for it unseen."""

    def __init__(self, name: str, *, width: float, height: float, title: str, description: str) -> None:
        self.name = name
        self.width = width
        self.height = height
        self.title = title
        self.description = description
        self.shapes: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str, *, dash: str = "") -> None:
        self._add("line", css, x1=x1, y1=y1, x2=x2, y2=y2, stroke_dasharray=dash)

    def rectangle(
        self, x: float, y: float, width: float, height: float, css: str = "", *, fill: str = ""
    ) -> None:
        self._add("rect", css, x=x, y=y, width=width, height=height, fill=fill)

    def circle(self, x: float, y: float, radius: float, css: str) -> None:
        self._add("circle", css, cx=x, cy=y, r=radius)

    def diamond(self, x: float, y: float, radius: float, css: str) -> None:
        self.polygon([(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], css)

    def polygon(self, points: Sequence[tuple[float, float]], css: str) -> None:
        self._add("polygon", css, points=_joined(points))

    def polyline(self, points: Sequence[tuple[float, float]], css: str, *, dash: str = "") -> None:
        self._add("polyline", css, points=_joined(points), stroke_dasharray=dash)

    def text(
        self,
        x: float,
        y: float,
        content: str,
        css: str = "fig-label",
        *,
        anchor: str = "start",
        rotate: float = 0,
        fill: str = "",
    ) -> None:
        turned = f"rotate({_shown(rotate)} {_shown(x)} {_shown(y)})" if rotate else ""
        self._add(
            "text",
            css,
            content,
            x=x,
            y=y,
            text_anchor="" if anchor == "start" else anchor,
            transform=turned,
            fill=fill,
        )

    def __str__(self) -> str:
        """The <svg> element."""
        width, height = _shown(self.width), _shown(self.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="fig" role="img" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" aria-labelledby="{self.name}-title {self.name}-desc">'
            f'<title id="{self.name}-title">{escape(self.title)}</title>'
            f'<desc id="{self.name}-desc">{escape(self.description)}</desc>{"".join(self.shapes)}</svg>'
        )

    def _add(self, tag: str, css: str, content: str | None = None, **attributes: float | str) -> None:
        given = {"class": css, **attributes}
        listed = "".join(
            f' {key.replace("_", "-")}="{escape(value) if isinstance(value, str) else _shown(value)}"'
            for key, value in given.items()
            if value != ""
        )
        self.shapes.append(
            f"<{tag}{listed}/>" if content is None else f"<{tag}{listed}>{escape(content)}</{tag}>"
        )


class LinearScale:
    """Values of an axis to pixels, in equal steps."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, wanted: int = 5) -> list[float]:
        """Round values within the axis, about so many."""
        rough = (self.high - self.low) / wanted
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * min((1, 2, 5, 10), key=lambda factor: abs(factor * power - rough))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [k * step for k in range(first, last + 1)]


class LogScale:
    """Values of an axis to pixels, in equal ratios; what lies outside is held at the edge."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high = low, high
        self.log = LinearScale(math.log(low), math.log(high), start, end)

    def __call__(self, value: float) -> float:
        return self.log(math.log(min(max(value, self.low), self.high)))

    def ticks(self, most: int = 8) -> list[float]:
        """Round values within the axis, the finest of the usual steps that gives no more than `most`."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        ticks: list[float] = []
        for factors in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
            ticks = [factor * 10.0**decade for decade in decades for factor in factors]
            ticks = [tick for tick in ticks if self.low * 0.999 <= tick <= self.high * 1.001]
            if len(ticks) <= most:
                return ticks
        return ticks[:: math.ceil(len(ticks) / most)]


def share_end(reached: Sequence[float]) -> float:
    """Where an axis of shares ends that holds all that is reached, on round ticks; at 1 for nothing."""
    return next((end for end in SHARE_ENDS if end >= max(reached, default=1.0)), SHARE_ENDS[-1])


def diverging(value: float) -> tuple[str, str]:
    """Colour of a value from -1 (orange) over 0 (paper) to 1 (blue), and the text colour that reads on it."""
    strength = min(abs(value), 1.0) ** 0.8
    end = BLUE if value > 0 else ORANGE
    red, green, blue = (round(p + (e - p) * strength) for p, e in zip(PAPER, end, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}", _reads_on(red, green, blue)


def _reads_on(red: int, green: int, blue: int) -> str:
    """Ink or white, whichever has the higher contrast by the WCAG definition."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (red / 255, green / 255, blue / 255)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.185 else WHITE


def text_width(content: str, size: float = 13) -> float:
    """About how wide a text is in a system font; wide characters count double."""
    return sum(1.0 if ord(character) > 0x2E7F else 0.6 for character in content) * size


def _shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_shown(x)},{_shown(y)}" for x, y in points)
