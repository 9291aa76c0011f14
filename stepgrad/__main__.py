"""`python -m stepgrad`: the command line."""

from . import main

main()
