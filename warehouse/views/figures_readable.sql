-- What do the articles say, in words for people: how much of what, who to whom, where, when, by whose word, in which words?
WITH words AS (
    SELECT figure_id, string_agg(coalesce(source_name, source_id), ', via ' ORDER BY hop) AS source
    FROM attributions GROUP BY figure_id)
SELECT f.figure_id, f.metric_code AS metric,
    CASE
        WHEN f.low = f.best AND f.best = f.high THEN format('{:,.15g}', f.best)
        WHEN f.high IS NULL AND f.low = coalesce(f.best, f.low)
            THEN CASE f.modifier WHEN 'GT' THEN '> ' ELSE '>= ' END || format('{:,.15g}', f.low)
        WHEN f.low IS NULL AND f.high = coalesce(f.best, f.high)
            THEN CASE f.modifier WHEN 'LT' THEN '< ' ELSE '<= ' END || format('{:,.15g}', f.high)
        ELSE coalesce(format('{:,.15g}', f.low), '..') || coalesce('-' || format('{:,.15g}', f.best), '') || '-'
            || coalesce(format('{:,.15g}', f.high), '..')
    END AS low_best_high,
    f.unit_code || coalesce('/' || f.per_unit_code, '') AS unit,
    f.kind, f.polarity,
    coalesce(f.actor_name, f.actor_code) AS who,
    coalesce(f.target_name, f.target_code) AS whom,
    coalesce(f.place_name, f.country_code) AS "where",
    f.period_edtf AS "when",
    w.source AS by_whose_word,
    f.quote, a.outlet_id AS outlet, a.published_date, a.title, a.url
FROM figures f
JOIN articles a USING (version_id)
LEFT JOIN words w USING (figure_id)
ORDER BY a.published_date, f.version_id, f.number_start, f.figure_id
