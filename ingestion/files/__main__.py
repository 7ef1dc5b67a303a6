"""`python -m ingestion.files --describe [ENTITY]`: the columns that files may have, as tab-separated text."""

from __future__ import annotations

import argparse
import sys

from ingestion.files.contract import contract_reference, contracts


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ingestion.files")
    parser.add_argument(
        "--describe", nargs="?", const="*", metavar="ENTITY", required=True, help="entity, or nothing for all"
    )
    entity = parser.parse_args(arguments).describe
    if entity != "*" and entity not in contracts():
        sys.stderr.write(f"Unknown entity {entity!r}. Allowed: {', '.join(contracts())}\n")
        return 2
    sys.stdout.write("file\tcolumn\ttype\tunit\trequired\tkey\tallowed\texample\tdescription\n")
    for c in contract_reference():
        if entity in ("*", c.entity):
            flags = ("yes" if c.required else "", "yes" if c.key else "")
            fields = (
                c.entity,
                c.name,
                c.data_type,
                c.unit or "",
                *flags,
                " ".join(c.allowed),
                c.example or "",
            )
            sys.stdout.write("\t".join((*fields, c.description)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
