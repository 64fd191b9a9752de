-- Who are the independent sources of a number, on whose side are they, and how many papers only passed it on?
SELECT r.tally_id, r.origin, CASE WHEN starts_with(r.origin, 'side:') THEN substr(r.origin, 6) END AS party_code,
    count(*) AS n_figures, count(DISTINCT f.article_id) AS n_articles,
    count(DISTINCT f.article_id) FILTER (r.reason = 'copy') AS n_copies,
    min(f.low) AS lowest, max(f.high) AS highest, arg_max(f.best, r.as_of_date) AS latest,
    string_agg(DISTINCT a.outlet_id, ', ' ORDER BY a.outlet_id) AS outlets
FROM tally_figures r
JOIN figures f USING (figure_id)
JOIN articles a USING (version_id)
WHERE r.tally_id IS NOT NULL
GROUP BY r.tally_id, r.origin
ORDER BY r.tally_id, r.origin
