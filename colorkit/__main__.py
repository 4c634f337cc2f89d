"""``python -m colorkit``: the command `colorkit`."""

import sys

from colorkit.cli import main

sys.exit(main())
