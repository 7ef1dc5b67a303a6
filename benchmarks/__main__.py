"""`python -m benchmarks`: run every measurement of this folder and keep its table in `benchmarks/out`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    tables: dict[str, str] = {}
    for script in sorted(HERE.glob("*.py")):
        if script.name.startswith("_"):
            continue
        sys.stdout.write(f"{script.stem} …\n")
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        done = subprocess.run(
            [sys.executable, str(script)], check=True, stdout=subprocess.PIPE, text=True, env=environment
        )
        tables[script.stem] = done.stdout
        sys.stdout.write(done.stdout)
    (HERE / "out").mkdir(exist_ok=True)
    for name, table in tables.items():
        (HERE / "out" / f"{name}.md").write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
