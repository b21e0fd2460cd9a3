"""Pictures as SVG: a signed bar, and how far each result is from its limit."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from gate import effects
from gate.effects import REACH, distance, drawn
from gate.markdown import visible
from gate.report.document import Bar
from gate.verdict import Effect, Finding, Outcome

HALF = 60  # pixels of a full bar to either side
ROW, LABELS, PLOT, FIGURES = 26, 230, 360, 230  # height of a row; widths of its three columns
LOOKS: Mapping[Outcome, str] = {Outcome.PASSED: "gain", Outcome.FAILED: "loss"}


def safe(text: str) -> str:
    """Text within HTML, SVG, or an attribute in double quotes."""
    return html.escape(text)


def bar(each: Bar) -> str:
    """To the left of the middle for a loss, to the right for a gain, with the number beside it."""
    width = max(1.0, each.share * HALF)
    look, start = ("loss", HALF - width) if each.change < 0 else ("gain", float(HALF))
    drawing = f'<rect class="{look}" x="{start:.1f}" y="3" width="{width:.1f}" height="10"></rect>'
    middle = f'<line class="axis" x1="{HALF}" y1="0" x2="{HALF}" y2="16"></line>'
    size = f'width="{2 * HALF}" height="16" viewBox="0 0 {2 * HALF} 16"'
    return f'{each.change:+.3f} <svg {size} aria-hidden="true">{middle}{drawing}</svg>'


def limits(findings: Sequence[Finding]) -> str:
    """Points are results, bars their intervals; right of the line a limit is kept. Distances in limits, cut at 3."""
    rows = drawn(findings)
    if not rows:
        return ""
    height, width = ROW * (len(rows) + 1), LABELS + PLOT + FIGURES
    middle = _place(0.0)
    axis = f'<line class="axis" x1="{middle:.1f}" y1="0" x2="{middle:.1f}" y2="{ROW * len(rows)}"></line>'
    words = _word(middle - 12, height - 8, "◀ breaks its limit", "end") + _word(middle + 12, height - 8, "keeps it ▶")
    drawing = "".join(_row(place, finding, effect) for place, (finding, effect) in enumerate(rows))
    said = "Each rule's result, its interval where there is one, and its limit: right of the line the limit is kept"
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    told = "Points are results, bars their intervals; distances are in limits, and cut at 3."
    picture = f'<svg {size} role="img" aria-label="{said}">{axis}{drawing}{words}</svg>'
    return f'<div class="wide">{picture}</div><p class="left">{told}</p>'


def _row(place: int, finding: Finding, effect: Effect) -> str:
    look, y = LOOKS.get(finding.of_effect, "doubt"), ROW * place + ROW / 2
    middle = _place(distance(effect, effect.estimate))
    drawing = f'<line class="track" x1="{LABELS}" y1="{y}" x2="{LABELS + PLOT}" y2="{y}"></line>'
    if effect.low is not None and effect.high is not None:
        low, high = sorted((_place(distance(effect, effect.low)), _place(distance(effect, effect.high))))
        drawing += (
            f'<rect class="{look}" x="{low:.1f}" y="{y - 3}" width="{max(1.0, high - low):.1f}" height="6"></rect>'
        )
    drawing += f'<circle class="{look}" cx="{middle:.1f}" cy="{y}" r="5.5"></circle>'
    number = effects.number(effect, effect.estimate)
    interval = "" if effect.low is None else f" [{effects.interval(effect)}]"
    name = _word(0, y + 4, visible(finding.rule, 32))
    return drawing + name + _word(LABELS + PLOT + 12, y + 4, visible(number + interval, 40))


def _place(limits: float) -> float:
    return LABELS + PLOT * (limits + REACH) / (2 * REACH)


def _word(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{safe(text)}</text>'
