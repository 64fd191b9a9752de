"""Pure functions: the figures of many reports to tallies, one number for one thing, with the reason for each step."""
