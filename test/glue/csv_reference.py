"""The rules once more, in plain Python and character by character, written from the TypeScript of the replay: what
Spark must agree with. Shares no code with the job but its words and limits, which another test compares with the
TypeScript.
"""

import calendar
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import line_rules as rules

Line = tuple[str | int | None, ...]

_FIELDS = ("invoiceNo", "stockCode", "description", "quantity", "invoiceDate", "unitPrice", "customerId", "country")


#: What no text holds, as a class of Python's expressions: control characters, noncharacters and halves of characters.
NO_TEXT = r"\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17)
)
#: What no code and no country holds.
UNSEEN = (
    NO_TEXT + r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)


@dataclass(frozen=True)
class Written:
    """How a file is written."""

    delimiter: str = ","
    decimal: str = "."
    order: str = "month-first"
    #: Whether a person has said the order.
    said: bool = False


def read(
    content: bytes,
    names: list[str],
    written: Written = Written(),
) -> tuple[list[Line], list[tuple[str, str]]]:
    """The lines (id first, then as in a transaction line), and the reason and text of each rejected row.

    :param names: of the columns, in their order: those of `_FIELDS`, and others
    """
    marked = content.startswith(b"\xef\xbb\xbf")
    lines: list[Line] = []
    rejected: list[tuple[str, str]] = []
    seen: Counter[tuple[str, str]] = Counter()
    header = False
    for raw in rows_of(content.removeprefix(b"\xef\xbb\xbf"), len(names), written.delimiter):
        if len(raw) > rules.MAX_ROW_CHARACTERS:
            rejected.append((rules.TOO_LONG, _windows_1252(raw[: rules.MAX_ROW_CHARACTERS])))
            continue
        row = raw[:-1] if raw.endswith(b"\r") else raw
        try:
            text = row.decode("utf-8")
        except UnicodeDecodeError:
            text = _windows_1252(row)
            if marked:
                rejected.append((rules.NOT_UTF8, text))
                continue
            nothing = [byte for byte in row if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)]
            if nothing:
                rejected.append(
                    (
                        f"the row is not UTF-8, and the byte {nothing[0]:X} in it is no character of Windows-1252: "
                        'save the file as "CSV UTF-8"',
                        text,
                    )
                )
                continue
        if written.delimiter not in text and text.strip(rules.BLANKS) == "":
            continue
        if not header:
            header = True
            continue
        fields = _fields(text, written.delimiter)
        if isinstance(fields, list) and len(fields) != len(names):
            fields = f"the header names {len(names)} columns, the row has {len(fields)} fields"
        line = (
            fields
            if isinstance(fields, str)
            else _line({f: fields[names.index(f)].strip(rules.BLANKS) for f in _FIELDS}, written)
        )
        if isinstance(line, str):
            rejected.append((line, text))
            continue
        invoice, stock, description, quantity, date, price, customer, country = line
        canonical = "\x1f".join(
            [invoice, stock, description or "", str(quantity), date[:19], price, customer or "", country]
        )
        name = hashlib.sha256(canonical.encode()).hexdigest()[:12]
        seen[invoice, name] += 1
        lines.append((f"{invoice}-{name}-{seen[invoice, name]}", *line))
    return lines, rejected


def _windows_1252(row: bytes) -> str:
    """Python's own codec, which refuses the five bytes that mean nothing."""
    codes = (row[at : at + 1] for at in range(len(row)))
    return "".join(code.decode("cp1252", "ignore") or code.decode("latin-1") for code in codes)


def rows_of(content: bytes, width: int, delimiter: str = ",") -> Iterator[bytes]:
    """Lines, and rows that go on for several: then all is well-formed, in as many characters and fields as may be."""
    at = 0
    while at < len(content):
        line_end = content.find(b"\n", at)
        line_end = len(content) if line_end == -1 else line_end
        end = line_end
        if line_end - at <= rules.MAX_ROW_CHARACTERS:
            longest = content[at : at + rules.MAX_ROW_CHARACTERS + 1].decode("latin-1")
            length = _length(longest, delimiter)
            row = longest[:length]
            if line_end < at + length <= at + rules.MAX_ROW_CHARACTERS:
                fields = _fields(row.removesuffix("\r"), delimiter)
                if isinstance(fields, list) and len(fields) == width:
                    end = at + length
        yield content[at:end]
        at = end + 1


def _length(text: str, delimiter: str) -> int:
    """How far it is to the first line feed outside quotes, as though all quotes were well-formed."""
    quoted, begins = False, True
    at = 0
    while at < len(text) and (quoted or text[at] != "\n"):
        if quoted and text[at : at + 2] == '""':
            at += 1
        elif text[at] == '"' and (quoted or begins):
            quoted = not quoted
        begins = not quoted and text[at] == delimiter
        at += 1
    return at


def _fields(text: str, delimiter: str) -> list[str] | str:
    """Character by character, unlike Spark's pattern."""
    fields: list[str] = []
    at = 0
    while True:
        value = ""
        if text[at : at + 1] == '"':
            at += 1
            while True:
                if at >= len(text):
                    return rules.OPEN_QUOTE
                if text[at] != '"':
                    value += text[at]
                    at += 1
                elif text[at + 1 : at + 2] == '"':
                    value += '"'
                    at += 2
                else:
                    at += 1
                    break
            if at < len(text) and text[at] != delimiter:
                return rules.GARBLED_QUOTE
        else:
            while at < len(text) and text[at] != delimiter:
                value += text[at]
                at += 1
        fields.append(value)
        if at >= len(text):
            return fields
        at += 1


def _is_missing(text: str) -> bool:
    """Whether a program wrote it for a value that is not there."""
    return text.lower() in {"nan", "-nan", "null", "none", "na", "n/a", "<na>", "#n/a"}


def _line(read: dict[str, str], written: Written) -> tuple | str:
    of_any_script = ("stockCode", "description", "country")
    row = read | {field: unicodedata.normalize("NFC", read[field]) for field in of_any_script}

    def refused(field: str, value: str) -> str:
        shown = value if len(value) <= 80 else value[:80] + "…"
        return f'{field}: write {rules.EXPECTED[field]}: got "{shown}"'

    date = _date(row["invoiceDate"], written)
    if date is None:
        sample = {
            "month-first": 'month/day/year hour:minute such as "12/1/2010 8:26"',
            "day-first": 'day/month/year hour:minute such as "1/12/2010 8:26"',
            "year-first": 'year/month/day hour:minute such as "2010/12/1 8:26"',
        }[written.order]
        hint = "" if written.said else "; --date-format reads others"
        return f'invoiceDate: write {sample}, or "2010-12-01 08:26:00"{hint}: got "{row["invoiceDate"]}"'

    def pointed(number: str) -> str:
        if written.decimal == ".":
            return number
        return "" if "." in number else number.replace(",", ".")

    if not re.fullmatch(r"-?[0-9]{1,15}([.]0+)?", pointed(row["quantity"])):
        return f'quantity: write a whole number from -1000000 to 1000000: got "{row["quantity"]}"'
    quantity = int(pointed(row["quantity"]).split(".")[0])
    price = pointed(row["unitPrice"])
    zeros = re.fullmatch(r"(-?[0-9]+[.][0-9]{3})0+", price)
    price = zeros[1] if zeros else price
    customer = row["customerId"]
    if written.decimal == "," and re.fullmatch(r"[0-9]+,0+", customer):
        customer = customer.replace(",", ".")
    floated = re.fullmatch(r"([0-9]+)[.]0+", customer)
    customer = floated[1] if floated else "" if _is_missing(customer) else customer
    description = "" if _is_missing(row["description"]) else row["description"]
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{0,31}", row["invoiceNo"]):
        return refused("invoiceNo", row["invoiceNo"])
    if not re.fullmatch(f"[^{UNSEEN}]{{1,40}}", row["stockCode"]):
        return refused("stockCode", row["stockCode"])
    if not re.fullmatch(f"[^{NO_TEXT}]{{0,200}}", description):
        return refused("description", row["description"])
    if abs(quantity) > 1_000_000:
        return refused("quantity", str(quantity))
    if not _exists(date):
        return refused("invoiceDate", row["invoiceDate"])
    if not re.fullmatch("-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})?", price):
        comma = written.decimal == "." and re.fullmatch(r"-?[0-9]+,[0-9]+", row["unitPrice"])
        return refused("unitPrice", row["unitPrice"]) + ("; --decimal comma reads it" if comma else "")
    if customer and not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,31}", customer):
        return refused("customerId", customer)
    if _is_missing(row["country"]) or not re.fullmatch(f"[^{UNSEEN}]{{1,60}}", row["country"]):
        return refused("country", row["country"])
    pounds, _, places = price.partition(".")
    price = f"{pounds}.{places.ljust(3, '0')}"
    price = "0.000" if price == "-0.000" else price
    if abs(quantity) * int(price.lstrip("-").replace(".", "")) > 9_000_000_000:
        return refused("amount", f"{quantity} x {price}")
    texts = (row["invoiceNo"], row["stockCode"], description or None)
    return (*texts, quantity, date, price, customer or None, row["country"])


def _date(text: str, written: Written) -> str | None:
    """Word by word, unlike the patterns of the job."""
    iso = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::(\d{2})(?:[.]0+)?)?Z?", text, re.ASCII)
    if iso:
        return f"{iso[1]}T{iso[2]}:{iso[3] or '00'}Z"
    day, blank, time = text.partition(" ") if " " in text else text.partition("T")
    numbers = re.split("[/.-]", day)
    marks = set(re.sub("[0-9]", "", day))
    if not blank or len(numbers) != 3 or len(marks) != 1 or not all(re.fullmatch("[0-9]+", one) for one in numbers):
        return None
    lengths = [len(one) for one in numbers]
    short = {4, 2} if written.said else {4}
    if lengths[0] in (short if written.order == "year-first" else {4}) and max(lengths[1:]) <= 2:
        year, month, of_month = numbers
    elif written.order != "year-first" and lengths[2] in short and max(lengths[:2]) <= 2:
        if not written.said and marks != {"/"}:
            return None
        first, second, year = numbers
        month, of_month = (first, second) if written.order == "month-first" else (second, first)
    else:
        return None
    if len(year) == 2:
        year = ("20" if int(year) < 70 else "19") + year
    clock = _clock(time)
    return clock and f"{year}-{month:>02}-{of_month:>02}T{clock}Z"


def _clock(text: str) -> str | None:
    half = text[-2:].upper() if text[-2:].upper() in ("AM", "PM") else ""
    rest = text[:-2].removesuffix(" ") if half else text
    parts = rest.split(":")
    if len(parts) not in (2, 3) or not all(re.fullmatch("[0-9]{2}", one) for one in parts[1:]):
        return None
    if not re.fullmatch("[0-9]{1,2}", parts[0]):
        return None
    hour = int(parts[0])
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "PM" else 0)
    return ":".join([f"{hour:02}", parts[1], parts[2] if len(parts) == 3 else "00"])


def _exists(date: str) -> bool:
    year, month, day, hour, minute, second = (int(part) for part in re.findall(r"\d+", date))
    return (
        1900 <= year < 2200
        and 1 <= month <= 12
        and 1 <= day <= calendar.monthrange(year, month)[1]
        and hour < 24
        and minute < 60
        and second < 60
    )
