-- Who copied whom: which articles say in the same words what another had said before, and how many numbers of it?
SELECT o.outlet_id AS first_outlet, c.outlet_id AS outlet, o.published_date AS first_date, c.published_date, o.title AS first_title, c.title,
    count(*) AS n_figures, min(f.quote) AS example, o.article_id AS first_article_id, c.article_id
FROM tally_figures r
JOIN figures f ON f.figure_id = r.figure_id
JOIN articles c ON c.version_id = f.version_id
JOIN tally_figures b ON b.tally_id = r.tally_id AND b.reason <> 'copy' AND b.origin = r.origin
JOIN figures g ON g.figure_id = b.figure_id AND g.quote = f.quote
JOIN articles o ON o.version_id = g.version_id AND o.article_id <> c.article_id
WHERE r.reason = 'copy'
GROUP BY ALL
ORDER BY n_figures DESC, o.article_id, c.article_id
