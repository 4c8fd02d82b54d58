#!/usr/bin/env python3
"""Calcis from the command line; `python3 manage.py up --demo` works on a bare machine."""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(
            "Calcis needs Python 3.11 or newer; this is %d.%d.\n"
            "Start it with a newer one, for example: python3.11 manage.py up --demo" % sys.version_info[:2]
        )
    from registry.config import bootstrap

    sys.exit(bootstrap.main(sys.argv))
