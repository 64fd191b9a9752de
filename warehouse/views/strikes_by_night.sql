-- How many drones and missiles were launched and shot down each night, by whose word, and on which nights do sources differ?
WITH told AS (
    SELECT t.*, coalesce(CASE WHEN t.metric_code = 'WPN_INTERCEPTED' THEN t.target_code ELSE t.actor_code END, '?') AS launched_by,
        r.origin, r.quote
    FROM tallies t JOIN tallies_readable r USING (tally_id)
    WHERE t.metric_code IN ('WPN_LAUNCHED', 'WPN_INTERCEPTED', 'WPN_SUPPRESSED', 'WPN_HIT') AND t.kind = 'FLOW'
        AND t.period_end_date - coalesce(t.period_start_date, t.period_end_date) <= 1)
SELECT period_end_date AS night, launched_by, weapon_class, weapon_code, country_code, place_name, place_name IS NULL AS is_whole_country,
    max(best) FILTER (metric_code = 'WPN_LAUNCHED') AS launched,
    max(low) FILTER (metric_code = 'WPN_LAUNCHED') AS launched_low, max(high) FILTER (metric_code = 'WPN_LAUNCHED') AS launched_high,
    max(best) FILTER (metric_code = 'WPN_INTERCEPTED') AS destroyed,
    max(low) FILTER (metric_code = 'WPN_INTERCEPTED') AS destroyed_low, max(high) FILTER (metric_code = 'WPN_INTERCEPTED') AS destroyed_high,
    max(best) FILTER (metric_code = 'WPN_SUPPRESSED') AS suppressed, max(best) FILTER (metric_code = 'WPN_HIT') AS hit,
    string_agg(DISTINCT origin, ', ' ORDER BY origin) AS by_whose_word, bool_or(is_contested) AS is_contested,
    string_agg(DISTINCT quote, ' | ' ORDER BY quote) AS quotes, max(n_sources) AS n_sources
FROM told
GROUP BY period_end_date, launched_by, weapon_class, weapon_code, country_code, place_name
ORDER BY night, launched_by, weapon_class, weapon_code, is_whole_country DESC, place_name
