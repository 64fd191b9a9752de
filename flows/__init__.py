"""Prefect runs it: ingest, normalise, validate, load, report; the only clock, network and randomness; the command line."""

from flows.compiled import use_compiled

use_compiled()
