-- How much in all between two days? FROM flow_total(metric := 'TERR_GAIN', actor := 'UKR', start_date := DATE '2026-02-01', end_date := DATE '2026-02-28'). Flows only, each thing once; value is NULL with the reason where they cannot be added.
(metric, start_date, end_date, actor := NULL, target := NULL, country := NULL, place := NULL, people := NULL, weapon := NULL) AS TABLE
WITH named AS (
    SELECT t.*, CASE WHEN t.period_end_date - t.period_start_date <= 1 THEN t.period_end_date ELSE t.period_start_date END AS first_date
    FROM tallies t
    WHERE t.metric_code = metric AND (actor IS NULL OR t.actor_code = actor) AND (target IS NULL OR t.target_code = target)
        AND (country IS NULL OR t.country_code = country) AND (place IS NULL OR t.place_name = place)
        AND (people IS NULL OR t.victim = people) AND (weapon IS NULL OR t.weapon_class = weapon)),
dated AS (
    SELECT * FROM named WHERE kind = 'FLOW' AND first_date IS NOT NULL AND period_end_date IS NOT NULL
        AND first_date <= CAST(end_date AS DATE) AND period_end_date >= CAST(start_date AS DATE)),
wholes AS (SELECT * FROM dated d WHERE NOT EXISTS (
    SELECT 1 FROM tally_parts p JOIN dated w ON w.tally_id = p.whole_id WHERE p.part_id = d.tally_id)),
open AS (
    SELECT *, coalesce(place_id, place_name) AS place, (actor_code IS NULL)::INTEGER + 2 * (target_code IS NULL)::INTEGER
        + 4 * (victim IS NULL)::INTEGER + 8 * (weapon_class IS NULL)::INTEGER + 16 * (place_name IS NULL)::INTEGER AS gaps
    FROM wholes),
-- What two tallies leave open may be the same: each is laid beside those with each set of gaps, of the same values in all columns that both fill.
laid AS (
    SELECT o.tally_id, o.first_date, o.period_end_date, o.gaps, least(o.gaps, g.gaps) AS fewer, greatest(o.gaps, g.gaps) AS more, o.gaps | g.gaps AS either,
        CASE WHEN either & 1 = 0 THEN o.actor_code END AS by_actor, CASE WHEN either & 2 = 0 THEN o.target_code END AS by_target,
        CASE WHEN either & 4 = 0 THEN o.victim END AS by_victim, CASE WHEN either & 8 = 0 THEN o.weapon_class END AS by_weapon,
        CASE WHEN either & 16 = 0 THEN o.place END AS by_place
    FROM open o CROSS JOIN (SELECT DISTINCT gaps FROM open) g),
clashes AS (
    SELECT count(DISTINCT tally_id) AS n FROM (
        SELECT tally_id, first_date, CASE WHEN gaps = fewer THEN max(CASE WHEN gaps = more THEN period_end_date END) OVER earlier
            ELSE max(CASE WHEN gaps = fewer THEN period_end_date END) OVER earlier END AS last_end
        FROM laid
        WINDOW earlier AS (PARTITION BY fewer, more, by_actor, by_target, by_victim, by_weapon, by_place ORDER BY first_date, tally_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
    WHERE first_date <= last_end),
summed AS (
    SELECT count(*) AS n_tallies, sum(best) AS total, sum(low) AS lows, sum(high) AS highs, min(unit_code) AS unit, count(DISTINCT unit_code) AS n_units,
        count(*) FILTER (best IS NULL) AS n_open, count(*) FILTER (high IS NULL) AS n_above, count(*) FILTER (low IS NULL) AS n_below,
        count(*) FILTER (is_contested) AS n_contested,
        count(*) FILTER (first_date < CAST(start_date AS DATE) OR period_end_date > CAST(end_date AS DATE)) AS n_beyond
    FROM wholes),
judged AS (
    SELECT s.*, (SELECT count(*) FROM named WHERE kind <> 'FLOW') AS n_levels,
        (SELECT count(*) FROM named WHERE kind = 'FLOW' AND (first_date IS NULL OR period_end_date IS NULL)) AS n_undated, c.n AS n_clashes
    FROM summed s, clashes c),
told AS (
    SELECT *, CASE
        WHEN n_tallies = 0 AND n_levels > 0 THEN 'only levels, running totals or balances are reported: they cannot be added'
        WHEN n_tallies = 0 AND n_undated > 0 THEN 'all ' || n_undated || ' flows are told without days'
        WHEN n_tallies = 0 THEN 'nothing is reported'
        WHEN n_beyond > 0 THEN n_beyond || ' periods reach beyond these days, and no period is split'
        WHEN n_clashes > 0 THEN n_clashes || ' periods overlap others: the same may be counted twice'
        WHEN n_contested > 0 THEN n_contested || ' parts are contested'
        WHEN n_units > 1 THEN 'units differ'
        WHEN n_open > 0 THEN n_open || ' parts are told in vague words only'
    END AS fault
    FROM judged)
SELECT CASE WHEN fault IS NULL THEN total END AS value, CASE WHEN fault IS NULL AND n_below = 0 THEN lows END AS low,
    CASE WHEN fault IS NULL AND n_above = 0 THEN highs END AS high, CASE WHEN n_units = 1 THEN unit END AS unit_code, n_tallies,
    coalesce(fault, CASE WHEN n_undated > 0 THEN 'without ' || n_undated || ' flows that are told without days' END) AS reason
FROM told
