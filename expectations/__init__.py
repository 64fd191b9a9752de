"""What each table promises, run by Great Expectations; quarantine; the quality report."""
