"""`python -m rantau`: the command line where `rantau` itself is not found on the path, as is common on Windows."""

from __future__ import annotations

from rantau.cli.main import main

if __name__ == "__main__":
    main()
