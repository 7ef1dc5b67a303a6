"""`python -m tieout` is the command line."""

import sys

from tieout.cli import main

sys.exit(main())
