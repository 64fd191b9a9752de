-- Which figures stand behind a tally, in which words, by whose word, and what is each to the number shown?
SELECT r.tally_id, r.role, r.reason, r.origin, r.as_of_date, f.low, f.best, f.high, f.unit_code, f.quote, f.period_edtf AS "when",
    a.outlet_id AS outlet, a.published_date, a.title, a.url, f.figure_id, f.article_id
FROM tally_figures r
JOIN figures f USING (figure_id)
JOIN articles a USING (version_id)
WHERE r.tally_id IS NOT NULL
ORDER BY r.tally_id, r.as_of_date, a.published_date, f.figure_id
