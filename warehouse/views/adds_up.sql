-- Does it add up: what a longer period's number is beside the sum of the shorter ones told within it?
WITH parts AS (
    SELECT l.whole_id, sum(p.best) AS sum_of_parts, count(*) AS n_parts, sum(p.period_end_date - p.period_start_date + 1)::BIGINT AS days_told
    FROM tally_parts l JOIN tallies p ON p.tally_id = l.part_id
    WHERE l.why = 'PERIOD'
    GROUP BY l.whole_id)
SELECT w.metric_code, w.actor_code, w.target_code, w.weapon_class, coalesce(w.place_name, w.country_code) AS "where",
    w.period_start_date, w.period_end_date, w.low, w.best, w.high, w.unit_code, p.sum_of_parts, p.n_parts, p.days_told,
    (w.period_end_date - w.period_start_date + 1)::BIGINT AS days, p.sum_of_parts - w.best AS difference, w.tally_id
FROM parts p JOIN tallies w ON w.tally_id = p.whole_id
ORDER BY w.period_start_date, w.tally_id
