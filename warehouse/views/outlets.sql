-- Which outlets gave how many articles and figures, changed their pages most, and cite a source least?
WITH figures_of AS (
    SELECT f.version_id, count(*) AS n, count(t.figure_id) AS n_sourced
    FROM figures f LEFT JOIN (SELECT DISTINCT figure_id FROM attributions WHERE role <> 'OUTLET') t USING (figure_id)
    GROUP BY f.version_id),
versions_of AS (SELECT article_id, count(DISTINCT version_id) AS n FROM articles_history GROUP BY article_id)
SELECT a.outlet_id, count(*) AS n_articles, sum(v.n - 1)::BIGINT AS n_changes,
    coalesce(sum(f.n), 0)::BIGINT AS n_figures, sum(f.n_sourced) / sum(f.n) AS share_sourced,
    min(a.published_date) AS first_date, max(a.published_date) AS last_date
FROM articles a
JOIN versions_of v USING (article_id)
LEFT JOIN figures_of f USING (version_id)
GROUP BY a.outlet_id
ORDER BY n_articles DESC, a.outlet_id
