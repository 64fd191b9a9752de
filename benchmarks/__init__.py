"""What is measured, on which sets, beside whom; each module prints its figures."""

import flows  # noqa: F401  as a run does: the compiled reader, where there is one
