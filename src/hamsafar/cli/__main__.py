"""Lets `python -m hamsafar.cli` run the command line."""

from hamsafar.cli.main import main

if __name__ == "__main__":
    main()
