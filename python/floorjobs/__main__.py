"""``python -m floorjobs``: jobs and queues for people at a terminal."""

from __future__ import annotations

import sys

from floorjobs.cli import main

if __name__ == "__main__":
    sys.exit(main())
