"""A scorecard of the reader in production: rows drawn by seed for a person to judge, and the precision that follows."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

Z = 1.959964  # standard deviations that hold 95 % of a normal distribution
# What a person sees of a row and may say is wrong, in the order of the questions: what, how much, who, where, when.
SHOWN = (
    "metric_code low best high modifier unit_code per_unit_code kind direction actor_code target_code victim weapon_code "
    "place_name country_code period_edtf polarity is_anaphoric".split()
)
ABOUT = ("source_name", "published_date", "outlet_id", "title")
MARKS = ("figure_id", "verdict", "field", "value", "who", "why")  # what a person fills in, after the id
WORDS = ("before", "number", "after")

DRAWN = f"""
    SELECT f.figure_id, f.reader_version, substring(a.text, f.sentence_start + 1, f.number_start - f.sentence_start) AS before,
        substring(a.text, f.number_start + 1, f.number_end - f.number_start) AS number,
        substring(a.text, f.number_end + 1, f.sentence_end - f.number_end) AS after,
        {", ".join(f"f.{column}" for column in SHOWN)}, s.source_name, a.published_date, a.outlet_id, a.title
    FROM figures f JOIN articles a ON a.version_id = f.version_id AND a.batch_id = f.batch_id
    JOIN batches b ON b.batch_id = f.batch_id
    LEFT JOIN (SELECT figure_id, batch_id, source_name FROM attributions WHERE hop = 0) s
        ON s.figure_id = f.figure_id AND s.batch_id = f.batch_id
    WHERE b.run_id = $run ORDER BY md5(f.figure_id || $seed), f.figure_id LIMIT $n
"""
# A figure once, by its last verdict.
PRECISION = """
    WITH last AS (
        SELECT DISTINCT ON (figure_id, reader_version) * FROM reviews ORDER BY figure_id, reader_version, reviewed_at DESC)
    SELECT coalesce(metric_code, ''), count(*), count(*) FILTER (is_right) FROM last
    WHERE reader_version = $reader OR $reader IS NULL
    GROUP BY GROUPING SETS ((metric_code), ()) HAVING count(*) > 0 ORDER BY GROUPING(metric_code) DESC, count(*) DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the rows that people looked at are right, with the 95 % interval of the share."""

    metric_code: str  # "" = all metrics
    n: int
    n_right: int
    low: float
    high: float


def draw_sample(connection: duckdb.DuckDBPyConnection, run_id: str, n: int, seed: str) -> list[dict[str, object]]:
    """Draw n of a run's current figures by seed, each with its sentence: the same lake and seed give the same rows."""
    cursor = connection.execute(DRAWN, {"run": run_id, "seed": seed, "n": n})
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def read_precision(connection: duckdb.DuckDBPyConnection, reader_version: str | None = None) -> list[Precision]:
    """Return the measured precision, of all metrics first, then by metric; of one reader's rows, or of all."""
    rows = connection.execute(PRECISION, {"reader": reader_version}).fetchall()
    return [Precision(metric, n, right, *to_interval(right, n)) for metric, n, right in rows]


def to_interval(n_right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, Probable Inference, JASA 22, 1927).

    >>> [round(bound, 3) for bound in to_interval(9, 10)]
    [0.596, 0.982]
    """
    share, square = n_right / n, Z * Z / n
    middle = (share + square / 2) / (1 + square)
    reach = Z / (1 + square) * sqrt(share * (1 - share) / n + square / (4 * n))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def render_review(rows: Sequence[Mapping[str, object]], run_id: str, script_sha256: str, script: str) -> str:
    """Turn a sample into one page on which a person marks each row; its script writes the marks as CSV, sends nothing."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("review.html.j2")
    return page.render(rows=rows, run_id=run_id, shown=SHOWN, about=ABOUT, digest=script_sha256, script=script)
