"""`python -m analysis`: the same as the command `cityripple`."""

from analysis.cli import main

main()
