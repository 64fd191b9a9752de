-- Which stories are one story: how many texts of how many outlets, whose came first, whose copy it is, and how many are copies or rewrites?
SELECT c.cluster_id, count(*) AS n_articles, count(DISTINCT a.outlet_id) AS n_outlets,
    count(*) FILTER (c.role = 'COPY') AS n_copies, count(*) FILTER (c.role = 'REWRITE') AS n_rewrites,
    min(a.published_date) AS first_date, max(a.published_date) AS last_date,
    any_value(o.outlet_id) AS original_outlet_id, any_value(o.title) AS original_title, any_value(o.url) AS original_url,
    string_agg(DISTINCT c.credit_name, '; ' ORDER BY c.credit_name) AS credited,
    list_sort(list(DISTINCT a.outlet_id)) AS outlet_ids
FROM article_clusters c
JOIN articles a USING (version_id)
LEFT JOIN articles o ON o.version_id = c.original_version_id
GROUP BY c.cluster_id
ORDER BY n_articles DESC, first_date, c.cluster_id
