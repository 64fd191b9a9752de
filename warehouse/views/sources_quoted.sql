-- Whose word do the figures rest on, for how many figures of how many articles, and on whose side are they?
SELECT coalesce(t.source_id, t.source_name) AS source, max(t.party_code) AS party_code, count(*) AS n_figures,
    count(DISTINCT f.article_id) AS n_articles, min(t.source_name) AS as_written
FROM attributions t
JOIN figures f USING (figure_id)
WHERE t.hop = 0
GROUP BY coalesce(t.source_id, t.source_name)
ORDER BY n_figures DESC, source
