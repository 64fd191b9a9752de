-- Who copied whom: which text is a copy or rewrite of which other's, how much of the shorter do they share, and whom does it credit?
SELECT a.outlet_id AS outlet, c.role, o.outlet_id AS original_outlet, round(c.share_original, 2) AS share, c.credit_name AS credited,
    a.published_date, o.published_date AS original_date, a.title, o.title AS original_title, a.url, o.url AS original_url,
    c.cluster_id, c.version_id, c.original_version_id
FROM article_clusters c
JOIN articles a USING (version_id)
LEFT JOIN articles o ON o.version_id = c.original_version_id
WHERE c.role <> 'ORIGINAL'
ORDER BY c.cluster_id, a.published_date, c.version_id
