"""`tally review`: what people said of a sample of rows."""

from __future__ import annotations

import typer

app = typer.Typer(help="What people said of a sample of rows.")
