-- What did each run get, and what became of it: do inputs = articles + duplicates + rejected?
WITH rows_of AS (
    SELECT run_id,
        coalesce(sum(n_rows) FILTER (table_name = 'figures'), 0)::BIGINT AS n_figures,
        coalesce(sum(n_rows) FILTER (table_name = 'refusals'), 0)::BIGINT AS n_refusals,
        coalesce(sum(n_rows) FILTER (table_name = 'quarantine'), 0)::BIGINT AS n_quarantined
    FROM files GROUP BY run_id),
batches_of AS (
    SELECT run_id, count(*) AS n_batches, count(*) FILTER (status = 'HELD_BACK') AS n_held_back FROM batches GROUP BY run_id),
inputs_of AS (
    SELECT run_id, count(*) AS n_inputs,
        count(*) FILTER (outcome = 'ARTICLE') AS n_articles,
        count(*) FILTER (outcome = 'DUPLICATE') AS n_duplicates,
        count(*) FILTER (outcome = 'REJECTED') AS n_rejected
    FROM inputs GROUP BY run_id)
SELECT r.run_id, c.committed_at, i.n_inputs, i.n_articles, i.n_duplicates, i.n_rejected,
    i.n_inputs = i.n_articles + i.n_duplicates + i.n_rejected AS is_balanced,
    coalesce(b.n_batches, 0) AS n_batches, coalesce(b.n_held_back, 0) AS n_held_back,
    coalesce(n.n_figures, 0) AS n_figures, coalesce(n.n_refusals, 0) AS n_refusals,
    coalesce(n.n_quarantined, 0) AS n_quarantined
FROM runs r
JOIN commits c USING (run_id)
LEFT JOIN inputs_of i USING (run_id)
LEFT JOIN batches_of b USING (run_id)
LEFT JOIN rows_of n USING (run_id)
ORDER BY c.committed_at
