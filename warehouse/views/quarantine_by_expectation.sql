-- Which promises did rows break, how many rows of which table, and what did one of them look like?
SELECT expectation_id, table_name, count(*) AS n, count(DISTINCT version_id) AS n_versions, min(reason) AS reason, min(row_json) AS example
FROM quarantine_open
GROUP BY expectation_id, table_name
ORDER BY n DESC, expectation_id, table_name
