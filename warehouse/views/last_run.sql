-- What did the last run do: what came in, what was loaded, what was held back or put aside?
SELECT * FROM books ORDER BY committed_at DESC LIMIT 1
