"""What is measured, on which sets, beside whom; each module prints its figures."""
