"""`tally run` and `tally serve`: the flow with a server of its own, a progress bar, and the books at the end."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.addresses import hide_secrets, is_remote
from flows.bars import bars
from flows.feeds import choose_feeds, find_names
from flows.inputs import InputError, check_published, find_inputs
from flows.logs import log_to
from flows.options import CRASH, HELD_BACK, QUARANTINED, USAGE
from flows.plan import now
from flows.screen import complain, show_counts, show_figures, show_lines
from flows.server import ServerError, serve_prefect
from flows.versions import read_reader_version
from warehouse.lake import Lake
from warehouse.queries import open_lake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.settings import Settings
    from flows.tally import Outcome

SHOWN = 60  # figures on one screen after a run; `tally sql` shows the rest
FIGURES = """
    SELECT f.*, s.source_name
    FROM figures f
    LEFT JOIN (SELECT figure_id, source_name FROM attributions WHERE hop = 0) s USING (figure_id)
    {where} ORDER BY f.article_id, f.number_start, f.figure_id LIMIT {limit}
"""


def run_once(settings: Settings, *, is_named: bool, published: str | None, is_again: bool, is_strict: bool) -> int:
    """Run the flow once and print what came of it; return the exit code.

    The settings' inputs were named by the user, feeds among them, or else all of them and the feeds that are due are read.
    """
    lake = Lake(settings.lake.absolute())
    log_path = log_to(lake)
    try:
        inputs, names = find_names(settings.inputs, settings.feed) if is_named else (settings.inputs, None)
        feeds = choose_feeds(settings.feed, names, lake, now())
        if settings.feed and not feeds and not inputs:
            show_lines(["no feed is due (tally feeds says when each is)"])
            return 0
        # a slip of the pen is told before a server starts
        check_published(published, find_inputs(inputs, lake, feeds))
        with bars(), serve_prefect(_import_slow):
            from flows.tally import tally  # Prefect finds its server in the environment

            outcome = tally(
                inputs=[hide_secrets(each) for each in inputs],
                lake=str(lake.root),
                published=published,
                again=is_again,
                workers=settings.workers,
                columns=settings.map,
                feeds=[feed.name for feed in feeds],
                corrections=str(settings.corrections.absolute()) if settings.corrections else None,
            )
    except InputError as error:
        complain(str(error))
        return USAGE
    except ServerError as error:
        complain(f"Prefect's server did not start: {error}")
        return CRASH
    except Exception as error:
        logging.getLogger("tally").exception("the run failed")
        complain(f"{type(error).__name__}: {error} (traceback in {log_path})")
        return CRASH
    if outcome is None:  # another run was quicker
        return 0
    show_outcome(outcome)
    return exit_code(outcome, is_strict=is_strict)


def exit_code(outcome: Outcome, *, is_strict: bool) -> int:
    """Return 3 when a batch was held back, 4 when rows were quarantined and that matters, else 0."""
    if any(v.is_held_back for v in outcome.verdicts):
        return HELD_BACK
    is_quarantined = any(sum(v.n_quarantined.values()) for v in outcome.verdicts)
    return QUARANTINED if is_strict and is_quarantined else 0


def serve_by_schedule(settings: Settings, cron: str) -> int:
    """Serve the flow by a cron schedule until interrupted."""
    lake = Lake(settings.lake.absolute())
    inputs = [hide_secrets(each) if is_remote(each) else str(Path(each).absolute()) for each in settings.inputs]

    def check_cron() -> None:
        from prefect.client.schemas.schedules import CronSchedule

        try:
            CronSchedule(cron=cron)
        except ValueError as error:
            message = f"--cron {cron!r} is no schedule: write five fields, such as '0 6 * * *'"
            raise InputError(message) from error

    try:
        find_inputs(inputs, lake, settings.feed)
        with serve_prefect(check_cron, is_scheduling=True):
            from prefect import serve

            from flows.tally import tally

            parameters = {
                "inputs": inputs,
                "lake": str(lake.root),
                "workers": settings.workers,
                "columns": settings.map,
                "corrections": str(settings.corrections.absolute()) if settings.corrections else None,
            }
            deployment = tally.to_deployment(name="by schedule", cron=cron, parameters=parameters)
            complain(f"runs at {cron!r} UTC; Ctrl-C ends it")
            serve(deployment, print_starting_message=False)  # type: ignore[arg-type]
    except InputError as error:
        complain(str(error))
        return USAGE
    except ServerError as error:
        complain(f"Prefect's server did not start: {error}")
        return CRASH
    return 0


REJECTIONS_SHOWN = 20  # lines
ALL_REJECTIONS = """tally sql "SELECT uri, line, reason FROM inputs WHERE outcome = 'REJECTED'\""""


def show_outcome(outcome: Outcome) -> None:
    """Print the figures, the books, and where things lie."""
    lake, staged, verdicts = outcome.plan.lake, outcome.staged, outcome.verdicts
    batch_ids = [v.batch_id for v in verdicts if v.batch_id not in outcome.commit.dropped_batch_ids]
    n_shown, n_all, refused = 0, 0, {}
    if lake.exists():
        with open_lake(lake) as connection:
            figures, n_all = _read_figures(connection, batch_ids)
            refused = _count_refusals(connection, batch_ids)
        show_figures(figures)
        n_shown = len(figures)
    lines = [""]
    if n_all > n_shown:
        lines.append(f'... and {n_all - n_shown:,} more figures: tally sql "FROM figures"')
    lines += list(_book_lines(outcome, refused))
    lines += [f"rejected: {line}" for line in staged.rejections[:REJECTIONS_SHOWN]]
    if len(staged.rejections) > REJECTIONS_SHOWN:
        lines.append(f"... and {len(staged.rejections) - REJECTIONS_SHOWN:,} more rejected: {ALL_REJECTIONS}")
    lines += [f"correction not followed: {line}" for line in outcome.commit.complaints]
    lines += [f"held back: {staged.feed_ids[v.batch_id]} ({v.reason})" for v in verdicts if v.is_held_back]
    lines += [
        "",
        f"lake    {lake.root}",
        f"views   {lake.database}  (any DuckDB client: duckdb -readonly FILE)",
        f"report  {outcome.report}",
    ]
    show_lines(lines)


def _book_lines(outcome: Outcome, refused: dict[str, int]) -> Sequence[str]:
    """Return the books: every input and every number is somewhere."""
    counts = outcome.staged.outcomes
    n_articles, n_doubles, n_rejected = (counts.get(name, 0) for name in ("ARTICLE", "DUPLICATE", "REJECTED"))
    books = f"inputs {sum(counts.values()):,} = articles {n_articles:,} + duplicates {n_doubles:,} + rejected {n_rejected:,}"
    if outcome.commit.commit_id is None or not outcome.verdicts:
        return [books, "loaded nothing: no article that this reader has not read before"]
    n_figures = sum(v.n_rows.get("figures", 0) for v in outcome.verdicts)
    n_quarantined = sum(sum(v.n_quarantined.values()) for v in outcome.verdicts)
    reasons = f" ({show_counts(refused)})" if refused else ""
    seconds = ", ".join(f"{name} {spent:.1f} s" for name, spent in outcome.seconds.items())
    return [
        books,
        f"figures {n_figures:,}, refused {sum(refused.values()):,}{reasons}, quarantined {n_quarantined:,}"
        + (" (tally quarantine)" if n_quarantined else ""),
        f"time: {seconds}",
    ]


def _read_figures(connection: Any, batch_ids: list[str]) -> tuple[list[dict[str, Any]], int]:  # noqa: ANN401  DuckDB's
    """Return the first figures of this run's batches, of the lake where the run brought none, and how many there are."""
    where = "WHERE f.batch_id IN (SELECT unnest(?))" if batch_ids else ""
    parameters = [batch_ids] if batch_ids else []
    ((counted,),) = connection.execute(f"SELECT count(*) FROM figures f {where}", parameters).fetchall()  # noqa: S608
    rows = connection.sql(FIGURES.format(where=where, limit=SHOWN), params=parameters or None)
    return rows.to_arrow_table().to_pylist(), counted


def _count_refusals(connection: Any, batch_ids: list[str]) -> dict[str, int]:  # noqa: ANN401  DuckDB's
    query = "SELECT reason, count(*) FROM refusals WHERE batch_id IN (SELECT unnest(?)) GROUP BY reason"
    return dict(connection.execute(query, [batch_ids]).fetchall())


def _import_slow() -> None:
    """Do what takes seconds while the server starts; parsing first, since Prefect's threads parse too (see versions)."""
    read_reader_version()
    import great_expectations  # noqa: F401
    import prefect  # noqa: F401
