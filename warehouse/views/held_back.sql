-- Which batches were held back and are not yet read again, for which reason, and which promises did they break?
SELECT b.run_id, b.batch_id, b.feed_id, b.n_versions, b.since, b.reason, e.expectation_id, e.observed
FROM batches b
LEFT JOIN expectation_results e ON e.batch_id = b.batch_id AND e.level = 'TABLE' AND NOT e.is_met
WHERE b.status = 'HELD_BACK' AND b.until IS NULL
ORDER BY b.since, b.batch_id, e.expectation_id
