-- Which numbers came, went or changed at which commit (and what was held then: FROM tallies_as_of(TIMESTAMP '...'))?
WITH told AS (
    SELECT *, lag(until) OVER past AS earlier_until, lag(low) OVER past AS earlier_low, lag(best) OVER past AS earlier_best,
        lag(high) OVER past AS earlier_high, lead(since) OVER past AS next_since
    FROM tallies_history WINDOW past AS (PARTITION BY tally_id ORDER BY since, until NULLS LAST))
SELECT since AS changed_at, CASE WHEN earlier_until IS DISTINCT FROM since THEN 'CAME' ELSE 'CHANGED' END AS change,
    tally_id, metric_code, country_code, place_name, period_start_date, period_end_date, earlier_low, earlier_best, earlier_high, low, best, high, unit_code
FROM told
WHERE earlier_until IS DISTINCT FROM since OR (earlier_low, earlier_best, earlier_high) IS DISTINCT FROM (low, best, high)
UNION ALL
SELECT until AS changed_at, 'WENT' AS change, tally_id, metric_code, country_code, place_name, period_start_date, period_end_date,
    low, best, high, NULL, NULL, NULL, unit_code
FROM told WHERE until IS NOT NULL AND next_since IS DISTINCT FROM until
ORDER BY changed_at, tally_id
