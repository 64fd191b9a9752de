"""For all tests: nobody is phoned, and quietly; it must be said before Prefect or Great Expectations are imported."""

from __future__ import annotations

import os

from flows.server import set_quiet

set_quiet(os.environ)
