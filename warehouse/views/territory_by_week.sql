-- How much ground did each side gain, week by week, each flow once and none split over weeks?
SELECT t.actor_code, t.metric_code, t.period_start_date, t.period_end_date,
    t.low, t.best, t.high, t.unit_code, coalesce(t.place_name, t.country_code) AS "where", r.origin, t.is_contested,
    t.period_end_date - t.period_start_date < 7 AS is_within_a_week,
    EXISTS (SELECT 1 FROM tally_parts p WHERE p.part_id = t.tally_id) AS is_part, r.quote, t.tally_id
FROM tallies t JOIN tallies_readable r USING (tally_id)
WHERE t.metric_code IN ('TERR_GAIN', 'TERR_SETTLEMENTS', 'TERR_CLEARED') AND t.kind = 'FLOW'
ORDER BY t.period_start_date, t.period_end_date, t.actor_code, t.tally_id
