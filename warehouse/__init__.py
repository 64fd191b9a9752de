"""Where rows live: immutable Parquet files, and tally.duckdb, the small file with ledger and views that says which count."""
