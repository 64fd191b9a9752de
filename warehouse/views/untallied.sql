-- Which figures are in no tally, and why?
SELECT r.reason, count(*) AS n, count(DISTINCT f.article_id) AS n_articles, min(f.quote) AS example
FROM tally_figures r JOIN figures f USING (figure_id)
WHERE r.tally_id IS NULL
GROUP BY r.reason
ORDER BY n DESC, r.reason
