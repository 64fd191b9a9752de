-- How many independent stories does a number really have: the same statement in nine papers of one story counts once?
SELECT f.metric_code, f.low, f.best, f.high, f.unit_code, f.kind, f.actor_code, f.target_code, f.country_code, f.place_name,
    f.period_start_date, f.period_end_date,
    count(DISTINCT f.article_id) AS n_articles, count(DISTINCT a.outlet_id) AS n_outlets,
    count(DISTINCT coalesce(c.cluster_id, f.version_id)) AS n_stories, min(f.quote) AS example
FROM figures f
JOIN articles a USING (version_id)
LEFT JOIN article_clusters c USING (version_id)
WHERE f.polarity = 'ASSERTED'
GROUP BY ALL
ORDER BY n_articles DESC, n_stories, f.metric_code, f.best
