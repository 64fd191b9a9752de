-- What was promised or planned, and what of the same is reported as done since?
WITH planned AS (
    SELECT f.*, a.published_date, a.outlet_id FROM figures f JOIN articles a USING (version_id)
    WHERE f.polarity IN ('PLANNED', 'HYPOTHETICAL') AND f.metric_code <> 'OTHER')
SELECT p.polarity, p.metric_code, p.actor_code, p.target_code, p.weapon_class, p.weapon_code, p.low, p.best, p.high, p.unit_code, p.quote,
    p.published_date AS promised_on, p.outlet_id AS outlet,
    d.best AS delivered, d.period_start_date AS delivered_from, d.period_end_date AS delivered_until, d.tally_id, p.figure_id
FROM planned p
LEFT JOIN tallies d ON d.metric_code = p.metric_code AND d.actor_code = p.actor_code AND d.target_code = p.target_code
    AND d.weapon_class IS NOT DISTINCT FROM p.weapon_class AND d.unit_code IS NOT DISTINCT FROM p.unit_code
    AND d.period_end_date >= p.published_date
ORDER BY promised_on, p.figure_id, d.period_end_date, d.tally_id
