"""``python -m colmate`` does what the command ``colmate`` does."""

from colmate.cli import main

main()
