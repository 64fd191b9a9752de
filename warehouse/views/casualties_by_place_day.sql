-- How many were killed and injured by place and day (low, best, high), by how many independent sources, and which numbers are parts of others?
SELECT t.period_end_date AS day, t.country_code, t.place_name, t.metric_code, t.victim, t.target_code, t.actor_code,
    t.low, t.best, t.high, t.n_sources, t.n_articles, t.is_contested, t.method, p.whole_id AS is_part_of, r.quote, t.tally_id
FROM tallies t
JOIN tallies_readable r USING (tally_id)
LEFT JOIN (SELECT part_id, min(whole_id) AS whole_id FROM tally_parts GROUP BY part_id) p ON p.part_id = t.tally_id
WHERE t.metric_code IN ('CAS_KILLED', 'CAS_INJURED', 'CAS_TOTAL', 'CAS_MISSING') AND t.period_end_date IS NOT NULL
    AND t.period_end_date - coalesce(t.period_start_date, t.period_end_date) <= 1
ORDER BY day, t.country_code, t.place_name, t.metric_code, t.victim, t.tally_id
