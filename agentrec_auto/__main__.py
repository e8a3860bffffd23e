"""``python -m agentrec_auto``: the command line, for where no console script is on the path."""

import sys

from agentrec_auto.cli import main

if __name__ == "__main__":
    sys.exit(main())
