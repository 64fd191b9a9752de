-- What was promised, threatened, supposed or denied, rather than done, and by whom?
SELECT polarity, metric, low_best_high, unit, who, whom, "where", "when", by_whose_word, quote, outlet, published_date, figure_id
FROM figures_readable
WHERE polarity <> 'ASSERTED'
ORDER BY polarity, published_date, figure_id
