"""Gzip files that are odd: every sequence of up to three parts (`test/support/odd-gzip.json`)."""

import base64
import json
import re
from pathlib import Path

_TABLE = json.loads((Path(__file__).parents[1] / "support" / "odd-gzip.json").read_text())
_MEMBERS = {name: base64.b64decode(packed) for name, packed in _TABLE["members"].items()}
#: By its parts, how many rows are read of a file, or why none.
ODD_GZIP_FILES: dict[str, int | str] = {
    parts: verdict["verdict"] for verdict in _TABLE["verdicts"] for parts in verdict["files"]
}


def odd_gzip(parts: str) -> bytes:
    """As `test/support/odd-gzip.ts` makes it."""
    words = parts.split(" ")
    file = b""
    for at, part in enumerate(words):
        member = _MEMBERS["first" if all(other == "empty" for other in words[:at]) else "member"]
        number = int(re.sub(r"\D", "", part) or 0)
        wrong = len(member) - (8 if part == "wrongCrc" else 4)
        kinds = {
            "member": member,
            "empty": _MEMBERS["empty"],
            "garbage": b"garbage",
            "mark": b"\x1f",
            "zeros": bytes(number),
            "cut": member[:-number],
        }
        flipped = member[:wrong] + bytes([member[wrong] ^ 1]) + member[wrong + 1 :]
        file += kinds.get(re.sub(r"\d", "", part), flipped)
    return file
