-- Is every row that a reader read either loaded or quarantined (or in a batch that was held back)?
WITH read AS (
    SELECT batch_id, table_name, max(n_rows) AS n
    FROM expectation_results_history
    WHERE table_name IN ('articles', 'figures', 'attributions', 'refusals')
    GROUP BY batch_id, table_name),
apart AS (
    SELECT batch_id, table_name, count(*) AS n
    FROM quarantine_history WHERE expectation_id <> 'articles.is_readable' -- such an article is loaded, without figures
    GROUP BY batch_id, table_name),
books AS (
    SELECT b.reader_version, r.table_name, r.n AS n_read, coalesce(f.n_rows, 0) AS n_loaded, coalesce(a.n, 0) AS n_quarantined,
        CASE WHEN b.status = 'HELD_BACK' THEN r.n - coalesce(a.n, 0) ELSE 0 END AS n_held_back
    FROM read r
    JOIN batches b USING (batch_id)
    LEFT JOIN files f ON f.batch_id = r.batch_id AND f.table_name = r.table_name
    LEFT JOIN apart a ON a.batch_id = r.batch_id AND a.table_name = r.table_name)
SELECT reader_version, table_name, sum(n_read)::BIGINT AS n_read, sum(n_loaded)::BIGINT AS n_loaded,
    sum(n_quarantined)::BIGINT AS n_quarantined, sum(n_held_back)::BIGINT AS n_held_back,
    sum(n_read) = sum(n_loaded + n_quarantined + n_held_back) AS is_balanced
FROM books
GROUP BY reader_version, table_name
ORDER BY reader_version, table_name
