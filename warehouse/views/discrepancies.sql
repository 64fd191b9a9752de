-- Which numbers cannot all be true together: more shot down than launched, parts greater than the whole, dead and wounded that don't add up, denials?
WITH shown AS (
    SELECT t.*, r.quote, r.outlet, coalesce(CASE WHEN t.metric_code = 'WPN_INTERCEPTED' THEN t.target_code ELSE t.actor_code END, '?') AS side
    FROM tallies t JOIN tallies_readable r USING (tally_id)),
nights AS (
    SELECT l.tally_id AS whole_id, l.low AS whole_low, l.high AS whole_high, l.quote AS whole_quote,
        sum(o.low) AS parts_low, sum(o.high) AS parts_high, string_agg(o.quote, ' + ' ORDER BY o.metric_code) AS quotes, max(o.tally_id) AS part_id,
        count(DISTINCT o.metric_code) AS n, count(o.high) AS n_bounded
    FROM shown l JOIN shown o ON o.period_end_date = l.period_end_date AND o.country_code = l.country_code
        AND o.place_name IS NOT DISTINCT FROM l.place_name AND o.weapon_class = l.weapon_class AND o.weapon_code IS NOT DISTINCT FROM l.weapon_code
        AND o.metric_code IN ('WPN_INTERCEPTED', 'WPN_SUPPRESSED', 'WPN_HIT') AND o.kind = 'FLOW'
        AND (o.side = l.side OR o.side = '?' OR o.metric_code = 'WPN_INTERCEPTED' AND o.actor_code <> l.side)
    WHERE l.metric_code = 'WPN_LAUNCHED' AND l.kind = 'FLOW' AND l.period_end_date - coalesce(l.period_start_date, l.period_end_date) <= 1
    GROUP BY ALL)
SELECT 'LAUNCHED' AS rule, whole_id, part_id, whole_low, whole_high, parts_low, parts_high, whole_quote, quotes AS part_quote,
    'more shot down and hitting than launched' AS what
FROM nights WHERE parts_low > whole_high
UNION ALL
SELECT 'PART' AS rule, w.tally_id, p.tally_id, w.low, w.high, p.low, p.high, w.quote, p.quote, 'a part is greater than its whole'
FROM tally_parts l JOIN shown w ON w.tally_id = l.whole_id JOIN shown p ON p.tally_id = l.part_id
WHERE p.low > w.high
UNION ALL
SELECT 'CASUALTIES' AS rule, c.tally_id, k.tally_id, c.low, c.high, k.low + i.low, k.high + i.high, c.quote, k.quote || ' + ' || i.quote,
    'killed and injured do not come to the casualties stated'
FROM shown c
JOIN shown k ON k.metric_code = 'CAS_KILLED' AND k.place_id = c.place_id AND k.period_end_date = c.period_end_date AND k.victim IS NOT DISTINCT FROM c.victim
JOIN shown i ON i.metric_code = 'CAS_INJURED' AND i.place_id = c.place_id AND i.period_end_date = c.period_end_date AND i.victim IS NOT DISTINCT FROM c.victim
WHERE c.metric_code = 'CAS_TOTAL' AND (k.low + i.low > c.high OR k.high + i.high < c.low)
UNION ALL
SELECT 'SHARE' AS rule, l.tally_id, s.tally_id, s.low, s.high, 100 * d.low / l.high, 100 * d.high / l.low, l.quote || ', ' || d.quote, s.quote,
    'the share of those shot down is not what the counts give'
FROM shown s
JOIN shown l ON l.metric_code = 'WPN_LAUNCHED' AND l.kind = 'FLOW' AND l.period_end_date = s.period_end_date AND l.country_code = s.country_code
    AND l.weapon_class IS NOT DISTINCT FROM s.weapon_class AND l.place_name IS NOT DISTINCT FROM s.place_name
JOIN shown d ON d.metric_code = 'WPN_INTERCEPTED' AND d.period_end_date = l.period_end_date AND d.country_code = l.country_code
    AND d.weapon_class = l.weapon_class AND d.place_name IS NOT DISTINCT FROM l.place_name
WHERE s.metric_code = 'WPN_INTERCEPT_RATE' AND s.unit_code = '%' AND (s.low > 100 * d.high / l.low + 0.5 OR s.high < 100 * d.low / l.high - 0.5)
UNION ALL
SELECT 'DENIED' AS rule, t.tally_id, NULL, t.low, t.high, f.low, f.high, t.quote, f.quote, 'another source denies it'
FROM shown t
JOIN figures f ON f.polarity = 'DENIED' AND f.metric_code = t.metric_code AND f.best = t.best AND f.unit_code IS NOT DISTINCT FROM t.unit_code
    AND (f.target_code IS NULL OR f.target_code = t.target_code) AND (f.weapon_class IS NULL OR f.weapon_class = t.weapon_class)
    AND (f.place_id IS NULL OR f.place_id = t.place_id)
ORDER BY rule, whole_id, part_id
