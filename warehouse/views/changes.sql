-- What has changed: which figures came to count or ceased to, at which commit, and in which words?
SELECT since AS changed_at, 'CAME' AS change, figure_id, article_id, version_id, metric_code, low, best, high, unit_code, quote
FROM figures_history
UNION ALL
SELECT until AS changed_at, 'WENT' AS change, figure_id, article_id, version_id, metric_code, low, best, high, unit_code, quote
FROM figures_history WHERE until IS NOT NULL
ORDER BY changed_at, change, article_id, figure_id
