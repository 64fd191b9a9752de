-- How did one thing's number grow from report to report, and which number stands?
WITH told AS (
    SELECT r.tally_id, r.as_of_date, r.role, r.reason, r.origin, f.low, f.best, f.high, f.quote, a.outlet_id, a.published_date, f.figure_id
    FROM tally_figures r JOIN figures f USING (figure_id) JOIN articles a USING (version_id)
    WHERE r.tally_id IS NOT NULL AND r.reason <> 'copy')
SELECT t.metric_code, coalesce(t.place_name, t.country_code) AS "where", t.target_code, t.weapon_class, t.period_start_date,
    told.as_of_date, told.low, told.best, told.high,
    told.best - lag(told.best) OVER (PARTITION BY told.tally_id ORDER BY told.as_of_date, told.published_date, told.figure_id) AS change,
    told.role, told.reason, told.origin, told.quote, told.outlet_id AS outlet, told.published_date, told.tally_id, told.figure_id
FROM told JOIN tallies t USING (tally_id)
ORDER BY told.tally_id, told.as_of_date, told.published_date, told.figure_id
