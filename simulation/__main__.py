"""`python -m simulation --size small --seed 1 --out DIR`: writes a firm's extracts and its firm.yml."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from simulation.extracts import FORMATS, write_extracts
from simulation.firm import SIZES, build_firm
from simulation.second_export import next_export
from simulation.truth_breaks import BreakTruth


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="folder for hris/, psa/, erp/ and firm.yml")
    parser.add_argument(
        "--format", choices=FORMATS, default=None, help="default: csv, and parquet for a large firm"
    )
    parser.add_argument(
        "--revision", type=int, choices=(1, 2), default=1, help="2: the same firm, exported one refresh later"
    )
    parser.add_argument(
        "--faults",
        action="store_true",
        help="plant what the checks must find, and look-alikes that they must not",
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="write there what the checks must find, as JSON; keep it out of DIR",
    )
    options = parser.parse_args(arguments)
    file_format = options.format or ("parquet" if options.size == "large" else "csv")
    firm = build_firm(options.size, options.seed, options.faults)
    if options.revision == 2:
        firm = next_export(firm)
    if options.answers is not None:
        if options.answers.resolve().is_relative_to(options.out.resolve()):
            parser.error(f"--answers {options.answers} lies in --out: a refresh must not see the answers")
        answers = json.dumps(BreakTruth(firm).sheet(), indent=1)
        options.answers.parent.mkdir(parents=True, exist_ok=True)
        options.answers.write_text(answers + "\n", encoding="utf-8")
    counts = write_extracts(firm, options.out, file_format)
    print(
        f"{options.size} firm, seed {options.seed}: {firm.history_from} to {firm.as_of}, {file_format} in {options.out}"
    )
    for name, count in counts.items():
        print(f"  {name:<24}{count:>10,}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
