"""`python -m aliscan`, for tests and for machines without the console script."""

import sys

from aliscan.cli import run

sys.exit(run())
