-- Which numbers did each run see and refuse, why, and what share of all numbers was that?
WITH numbers AS (
    SELECT batch_id, reason, quote FROM refusals_history
    UNION ALL
    SELECT batch_id, NULL AS reason, NULL AS quote FROM figures_history),
of_run AS (
    SELECT b.run_id, n.reason, count(*) AS n, min(n.quote) AS example
    FROM numbers n JOIN batches b USING (batch_id) GROUP BY b.run_id, n.reason)
SELECT r.run_id, c.committed_at, r.reason, r.n, r.n / sum(r.n) OVER (PARTITION BY r.run_id) AS share, r.example
FROM of_run r
JOIN commits c USING (run_id)
QUALIFY r.reason IS NOT NULL
ORDER BY c.committed_at, r.n DESC, r.reason
