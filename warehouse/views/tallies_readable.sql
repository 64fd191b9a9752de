-- What is known of each thing over all reports: how many, by whose word, how sure, in which words of which article?
SELECT t.tally_id, t.metric_code, t.kind, t.low, t.best, t.high, t.unit_code, t.actor_code, t.target_code, t.victim,
    t.weapon_class, t.weapon_code, coalesce(t.place_name, t.country_code) AS "where", t.period_start_date, t.period_end_date,
    t.method, t.n_sources, t.n_articles, t.is_contested, r.origin, r.reason, f.quote, a.outlet_id AS outlet, a.title, a.url,
    a.published_date, f.figure_id
FROM tallies t
JOIN tally_figures r ON r.tally_id = t.tally_id AND r.role = 'RECOMMENDED'
JOIN figures f USING (figure_id)
JOIN articles a USING (version_id)
ORDER BY t.metric_code, t.period_end_date, t.tally_id
