"""The views and macros of tally.duckdb: three a table, made from its contract, and one a file of warehouse/views/ and macros/.

Schema `listed` has all rows of a table that were ever committed, `current` those of files with a reading that still
counts; a person reads neither. In the main schema NAME shows the current rows, NAME_history all with since and until,
and the macro NAME_as_of(ts) those that were current then.
"""

from __future__ import annotations

import hashlib
import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from seeds.contracts import load_tables
from warehouse.amendments import WRONG, corrected
from warehouse.statements import empty, layout, name, names, parquet, text, typed
from warehouse.supersession import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from seeds.contracts import Table
    from warehouse.lake import Lake

QUESTIONS = Path(__file__).parent / "views"
MACROS = Path(__file__).parent / "macros"  # questions that take parameters


# The schemas of the files that the ledger lists.
# When a row with since and until counts: now, or at the moment `ts` of a macro.
NOW = "until IS NULL"
THEN = "since <= CAST(ts AS TIMESTAMP) AND (until IS NULL OR until > CAST(ts AS TIMESTAMP))"
LISTED, CURRENT = ("listed", "true"), ("current", NOW)


def make_listed(
    connection: duckdb.DuckDBPyConnection, lake: Lake, which: tuple[str, str], tables: Iterable[Table] | None = None
) -> None:
    """Make a schema whose views are the rows of files that the ledger lists, one for each table that has files (or some)."""
    schema, where = which
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    layouts: dict[str, dict[str, list[str]]] = {}
    for table_name, of, path in connection.execute(
        f"SELECT table_name, layout, path FROM files WHERE {where} ORDER BY since, path"
    ).fetchall():
        layouts.setdefault(table_name, {}).setdefault(of, []).append(str(lake.listed(path)))
    n_folder = len(str(lake.listed("."))) + 1  # of `filename` what comes before the ledger's `path`
    for table in filed_tables() if tables is None else tables:
        of_run = table.scope != "batch"
        path = f", substr(filename, {n_folder + 1}) AS path" if of_run else ""
        parts = {
            of: f"SELECT *{path} FROM {parquet(paths, with_filename=of_run)}"
            for of, paths in layouts.get(table.name, {}).items()
        }
        if parts.keys() != {layout(table)}:
            # A part without a row names the columns that older layouts lack, and all where there is no file yet. Elsewhere it
            # would only cost: rows of one scan are counted without being read.
            parts = {"": empty(table, *(["path"] if of_run else [])), **parts}
        rows = " UNION ALL BY NAME ".join(parts.values())
        connection.execute(
            f"CREATE OR REPLACE VIEW {schema}.{name(table.name)} AS "
            f"SELECT {typed(table)}{', path' if of_run else ''} FROM ({rows})"
        )


def make_views(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Make the views show what the ledger lists.

    The lists of files change with each commit; the views and macros over them only with the contracts and the files of
    warehouse/views/, and then all of them are made anew (that takes half a second: 500 COMMENTs, each a statement).
    """
    make_listed(connection, lake, LISTED)
    make_listed(connection, lake, CURRENT)
    if not has_old_views(connection):
        return
    statements, version = definitions()
    drop_views(connection)
    for statement in statements:
        connection.execute(statement)
    connection.execute(f"CREATE OR REPLACE TABLE listed.definitions AS SELECT {text(version)} AS sha256")


def definitions() -> tuple[tuple[str, ...], str]:
    """Write all views and macros over the lists of files; return the statements and their hash."""
    statements = (*table_statements(), *question_statements())
    return statements, hashlib.sha256("\n".join(statements).encode()).hexdigest()


def has_old_views(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether the views were made by another Tally, or never."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS listed")
    connection.execute("CREATE TABLE IF NOT EXISTS listed.definitions (sha256 VARCHAR)")
    return connection.execute("SELECT sha256 FROM listed.definitions").fetchall() != [(definitions()[1],)]


def table_statements() -> Iterator[str]:
    """Write what makes the views, macros and COMMENTs of the contracts' tables."""
    # A derived table shows rows of current articles, or those that another one ends: its views read theirs.
    for table in sorted(load_tables().values(), key=lambda table: (table.scope == "derived", table.replaced_by or "")):
        relations = {table.name: table.meaning}
        if table in filed_tables():
            past, then = f"{table.name}_history", f"{table.name}_as_of"
            relations[past] = f"{table.meaning} All rows that ever counted, with since and until."
            yield f"CREATE VIEW {name(past)} AS {history(table)}"
            yield f"CREATE VIEW {name(table.name)} AS {current(table)}"
            yield f"CREATE MACRO {name(then)}(ts) AS TABLE {as_of(table)}"
            ago = f"{table.meaning} The rows that counted at a moment: FROM {then}(TIMESTAMP '2026-02-10 00:00:00')."
            yield f"COMMENT ON MACRO TABLE {name(then)} IS {text(ago)}"
        for relation, meaning in relations.items():
            yield f"COMMENT ON {'VIEW' if table in filed_tables() else 'TABLE'} {name(relation)} IS {text(meaning)}"
            for column, contract in table.columns.items():
                unit = f" [{contract.unit}]" if contract.unit else ""
                yield f"COMMENT ON COLUMN {name(relation)}.{name(column)} IS {text(contract.meaning + unit)}"


def question(path: Path) -> tuple[str, str]:
    """Write what makes a view from its file: the comment at its head is the question it answers, the rest its SELECT."""
    lines = path.read_text("utf-8").splitlines()
    n_head = next(i for i, line in enumerate(lines) if not line.startswith("--"))
    asked = " ".join(line.removeprefix("--").strip() for line in lines[:n_head])
    select = "\n".join(lines[n_head:]).strip()
    if path.parent == MACROS:
        return f"CREATE MACRO {name(path.stem)}{select}", f"COMMENT ON MACRO TABLE {name(path.stem)} IS {text(asked)}"
    return f"CREATE VIEW {name(path.stem)} AS {select}", f"COMMENT ON VIEW {name(path.stem)} IS {text(asked)}"


def question_statements() -> Iterator[str]:
    """Write what makes the views of warehouse/views/, those first that others read."""
    views = {path.stem: question(path) for path in sorted(QUESTIONS.glob("*.sql"))}
    reads = {view: views.keys() & set(re.findall(r"\w+", statements[0])) - {view} for view, statements in views.items()}
    for view in TopologicalSorter({view: sorted(reads[view]) for view in views}).static_order():
        yield from views[view]
    for path in sorted(MACROS.glob("*.sql")):
        yield from question(path)


def drop_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop every view and macro of the main schema."""
    views = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database() "
        "AND schema_name = 'main'"
    ).fetchall()
    macros = connection.execute(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal "
        "AND database_name = current_database()"
    ).fetchall()
    for (macro,) in macros:
        connection.execute(f"DROP MACRO TABLE {name(macro)}")
    for (view,) in views:
        connection.execute(f"DROP VIEW {name(view)}")


def filed_tables() -> list[Table]:
    """Return the contracts of the tables whose rows lie in Parquet files."""
    return [table for table in load_tables().values() if table.scope in {"batch", "run", "derived"}]


def owner(table: Table) -> tuple[str, str] | None:
    """Return by which column a table without version_id hangs on a table that has it: attributions on figures.

    >>> owner(load_tables()["attributions"])
    ('figure_id', 'figures')
    """
    tables = load_tables()
    for column, contract in table.columns.items():
        target, _, key = (contract.references or "").partition(".")
        if key == column and target in tables and "version_id" in tables[target].columns:
            return column, target
    return None


def endings(table: Table, schema: str) -> tuple[str, str] | None:
    """Return a relation of the rows that ended before their batch did, and the columns that join it to the table's."""
    if "version_id" in table.columns:
        return "superseded", "version_id, batch_id"
    found = owner(table)
    if found is None:
        return None
    column, target = found
    ended = (
        f"(SELECT {name(column)}, batch_id, s.until FROM {schema}.{name(target)} "
        "JOIN superseded s USING (version_id, batch_id))"
    )
    return ended, f"{name(column)}, batch_id"


def current(table: Table) -> str:
    """Write the SELECT of the rows that count now."""
    columns = names(table.columns, "t.")
    if table.scope == "derived":
        of_current = "SEMI JOIN articles USING (version_id, batch_id) " if "version_id" in table.columns else ""
        return f"SELECT {columns} FROM {name(f'{table.name}_history')} t {of_current}WHERE t.until IS NULL"
    source = f"FROM current.{name(table.name)} t"
    if table.name == "articles":
        columns = columns.replace('t."supersedes_version_id"', "v.supersedes_version_id")
        # Which version came before is known only beside the other versions, so no row of a file can say it.
        source += (
            " LEFT JOIN (SELECT version_id, lag(version_id) OVER (PARTITION BY article_id ORDER BY place) AS "
            f"supersedes_version_id FROM ({VERSIONS.format(source='listed.articles')})) v USING (version_id)"
        )
    ended = endings(table, "current") if table.scope == "batch" else None
    rows = f"{source} ANTI JOIN {ended[0]} s USING ({ended[1]})" if ended else source
    if table.name == "figures":
        return corrected(columns, f"SELECT t.* {rows}", NOW)
    return f"SELECT {columns} {rows}{without_wrong(table, NOW)}"


def as_of(table: Table) -> str:
    """Write the SELECT of the rows that counted at a moment `ts`, as people had corrected them by then."""
    columns = names(table.columns, "t.")
    rows = f"FROM {name(f'{table.name}_history')} t"
    if table.scope == "derived" and "version_id" in table.columns:
        rows += " SEMI JOIN articles_as_of(ts) USING (version_id, batch_id)"
    if table.name == "figures":
        return corrected(columns, f"SELECT t.* {rows} WHERE {THEN}", THEN)
    return f"SELECT {columns} {rows}{without_wrong(table, THEN)} WHERE {THEN}"


def without_wrong(table: Table, counts: str) -> str:
    """Write the join that leaves out what hangs on figures that are called wrong; a tally is right with the next commit."""
    if table.scope == "derived" or owner(table) != ("figure_id", "figures"):
        return ""
    wrong = f"SELECT figure_id FROM corrections WHERE field = {text(WRONG)} AND {counts}"
    return f" ANTI JOIN ({wrong}) w USING (figure_id)"


def history(table: Table) -> str:
    """Write the SELECT of all rows that ever counted, each with since and until."""
    columns = names(table.columns, "t.")
    if table.scope == "run":
        return f"SELECT {columns}, f.since, f.until FROM listed.{name(table.name)} t JOIN files f USING (path)"
    if table.replaced_by:
        target, _, key = str(table.columns[table.replaced_by].references).partition(".")
        return (
            f"SELECT {columns}, f.since, o.until FROM listed.{name(table.name)} t JOIN files f USING (path) "
            f"JOIN {name(f'{target}_history')} o ON o.{name(key)} = t.{name(table.replaced_by)} AND o.since = f.since"
        )
    if table.scope == "derived":
        until = f"lead(f.since) OVER (PARTITION BY {names(table.key, 't.')} ORDER BY f.since)"
        return f"SELECT {columns}, f.since, {until} AS until FROM listed.{name(table.name)} t JOIN files f USING (path)"
    ended = endings(table, "listed")
    until = "coalesce(s.until, b.until)" if ended else "b.until"
    join = f" LEFT JOIN {ended[0]} s USING ({ended[1]})" if ended else ""
    return (
        f"SELECT {columns}, b.since, {until} AS until FROM listed.{name(table.name)} t "
        f"JOIN batches b USING (batch_id){join}"
    )
