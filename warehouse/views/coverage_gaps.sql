-- On which nights between the first and the last that is told of does no report give a whole country's number?
WITH told AS (
    SELECT DISTINCT metric_code, coalesce(actor_code, '?') AS actor_code, country_code, weapon_class, period_end_date AS night
    FROM tallies
    WHERE metric_code IN ('WPN_LAUNCHED', 'WPN_INTERCEPTED') AND kind = 'FLOW' AND place_name IS NULL AND country_code IS NOT NULL
        AND period_end_date - coalesce(period_start_date, period_end_date) <= 1),
spans AS (
    SELECT metric_code, actor_code, country_code, weapon_class, min(night) AS first_night, max(night) AS last_night
    FROM told GROUP BY metric_code, actor_code, country_code, weapon_class),
nights AS (
    SELECT metric_code, actor_code, country_code, weapon_class, unnest(generate_series(first_night, last_night, INTERVAL 1 DAY))::DATE AS night
    FROM spans)
SELECT n.*, (SELECT count(*) FROM tallies t WHERE t.metric_code = n.metric_code AND t.weapon_class IS NOT DISTINCT FROM n.weapon_class
        AND t.country_code = n.country_code AND t.period_end_date = n.night) AS n_of_places
FROM nights n ANTI JOIN told t ON t.metric_code = n.metric_code AND t.actor_code = n.actor_code AND t.country_code = n.country_code
    AND t.weapon_class IS NOT DISTINCT FROM n.weapon_class AND t.night = n.night
ORDER BY n.metric_code, n.weapon_class, n.night
