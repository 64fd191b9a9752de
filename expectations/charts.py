"""Small charts as SVG, drawn when a page is made: nothing to load, nothing that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, PAD = 120.0, 24.0, 2.0  # pixels of a line in a table
BAR_HEIGHT, BAR_WIDTH, GAP = 80.0, 22.0, 6.0  # pixels of a chart of bars


def draw_line(values: Sequence[float | None], label: str) -> Markup:
    """Draw values, the oldest first, as a line from the least to the most of them; a gap where there is none.

    >>> str(draw_line([1, 2], "rows")).count("<circle")
    1
    """
    known = [value for value in values if value is not None]
    if not known:
        return Markup()
    least, most = min(known), max(known)
    step = (WIDTH - 2 * PAD) / max(len(values) - 1, 1)
    points = [
        (
            PAD + i * step,
            HEIGHT - PAD - (HEIGHT - 2 * PAD) * ((value - least) / (most - least) if most > least else 0.5),
        )
        for i, value in enumerate(values)
        if value is not None
    ]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return Markup(
        '<svg class="line" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        '<polyline points="{drawn}"></polyline><circle cx="{x}" cy="{y}" r="2.5"></circle></svg>'
    ).format(w=f"{WIDTH:g}", h=f"{HEIGHT:g}", label=label, drawn=drawn, x=f"{x:.1f}", y=f"{y:.1f}")


def draw_bars(values: Sequence[float], names: Sequence[str], label: str) -> Markup:
    """Draw one bar a value, the oldest first, with its name and value to be read on it.

    >>> str(draw_bars([3, 5], ["r1", "r2"], "figures by run")).count("<rect")
    2
    """
    most = max(values, default=0) or 1
    width = len(values) * (BAR_WIDTH + GAP)
    bars = Markup().join(
        Markup('<rect x="{x}" y="{y}" width="{w}" height="{h}"><title>{name}: {value}</title></rect>').format(
            x=f"{i * (BAR_WIDTH + GAP):g}",
            y=f"{BAR_HEIGHT * (1 - value / most):.1f}",
            w=f"{BAR_WIDTH:g}",
            h=f"{max(BAR_HEIGHT * value / most, 1):.1f}",
            name=name,
            value=f"{value:,.4g}" if value != int(value) else f"{int(value):,}",
        )
        for i, (value, name) in enumerate(zip(values, names, strict=True))
    )
    return Markup(
        '<svg class="bars" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{bars}</svg>'
    ).format(w=f"{width:g}", h=f"{BAR_HEIGHT + 1:g}", label=label, bars=bars)
