"""For all tests: nobody is phoned, and quietly, and the sources are read; it must be said before anything is imported."""

from __future__ import annotations

import os

os.environ["TALLY_PLAIN"] = "1"  # the reader's sources, not what was compiled of them

from flows.server import set_quiet

set_quiet(os.environ)
