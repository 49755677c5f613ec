"""`python -m wfpfast`: the command line where its script is not on the path."""

from wfpfast.cli import main

if __name__ == "__main__":
    main()
