"""``python -m mockrouter`` is ``mockrouter``."""

from __future__ import annotations

from mockrouter.cli import main

if __name__ == "__main__":
    main(prog_name="mockrouter")
