"""``python -m colorkit``: the command `colorkit`."""

import sys

from colorkit.commands import main

sys.exit(main())
