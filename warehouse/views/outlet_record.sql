-- Which outlets publish first, are copied, correct most, cite a source least, and state numbers that later did not stand?
WITH told AS (
    SELECT a.outlet_id, r.*, t.first_published_at, coalesce(a.published_at, a.published_date::TIMESTAMP) AS told_at, t.n_articles
    FROM tally_figures r JOIN figures f USING (figure_id) JOIN articles a USING (version_id) LEFT JOIN tallies t USING (tally_id))
SELECT o.outlet_id, o.n_articles, o.n_changes, o.n_figures, o.share_sourced,
    count(told.tally_id) AS n_tallied,
    count(*) FILTER (told.n_articles > 1 AND told.told_at = told.first_published_at) AS n_first,
    count(*) FILTER (told.reason = 'copy') AS n_copied,
    count(*) FILTER (told.role = 'CONTRADICTS') AS n_contradicted,
    count(*) FILTER (told.reason = 'WITHDRAWN') AS n_withdrawn,
    median(date_diff('minute', told.first_published_at, told.told_at)) FILTER (told.n_articles > 1) / 60 AS median_hours_behind
FROM outlets o LEFT JOIN told ON told.outlet_id IS NOT DISTINCT FROM o.outlet_id
GROUP BY ALL
ORDER BY o.n_articles DESC, o.outlet_id
