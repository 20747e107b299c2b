"""``python -m loanapp.commands``: the headless commands without the window's entry point."""

import sys

from loanapp.commands import main

if __name__ == "__main__":
    sys.exit(main())
