-- What was each thing's number day by day: flows on the day on which they end, totals and levels on the day of each report?
WITH of_day AS (
    SELECT r.tally_id, r.as_of_date, f.low, f.best, f.high, f.figure_id
    FROM tally_figures r JOIN figures f USING (figure_id) JOIN tallies t ON t.tally_id = r.tally_id
    WHERE t.kind IN ('CUM', 'STOCK') AND r.as_of_date IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY r.tally_id, r.as_of_date
        ORDER BY r.role = 'RECOMMENDED' DESC, f.modifier = 'EXACT' DESC, f.best DESC NULLS LAST, f.figure_id) = 1)
SELECT t.metric_code, t.kind, t.actor_code, t.target_code, t.victim, t.weapon_class, t.weapon_code, t.place_name, t.country_code,
    t.period_start_date, d.as_of_date AS period_end_date, d.low, d.best, d.high, t.unit_code, t.is_contested, t.tally_id, d.figure_id
FROM of_day d JOIN tallies t USING (tally_id)
UNION ALL
SELECT t.metric_code, t.kind, t.actor_code, t.target_code, t.victim, t.weapon_class, t.weapon_code, t.place_name, t.country_code,
    t.period_start_date, t.period_end_date, t.low, t.best, t.high, t.unit_code, t.is_contested, t.tally_id, r.figure_id
FROM tallies t JOIN tally_figures r ON r.tally_id = t.tally_id AND r.role = 'RECOMMENDED'
WHERE t.kind NOT IN ('CUM', 'STOCK') AND t.period_end_date IS NOT NULL
ORDER BY ALL
