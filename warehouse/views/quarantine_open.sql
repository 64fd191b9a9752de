-- Which rows stand in quarantine and wait for a mended seed or rule, or for a person's word?
SELECT q.*, b.feed_id, b.reader_version, b.since
FROM quarantine q
JOIN batches b USING (batch_id)
ANTI JOIN (SELECT quarantine_id FROM quarantine_events WHERE status = 'DISMISSED') USING (quarantine_id)
ORDER BY b.since, q.expectation_id, q.quarantine_id
