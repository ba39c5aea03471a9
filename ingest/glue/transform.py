"""Lines of CSV files to transaction lines, or to the reason why they are none: what `ingest/replay` does, in Spark.

Native column expressions, so nothing passes through Python but letters that may have to be composed; one shuffle;
memory bounded by what a task sorts at once, and Spark spills that to disk.

Where a row ends is said by who reads the file: at each line end, or for some objects elsewhere (`whole_rows.py`).
"""

import re
import unicodedata
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

import line_rules as rules
from csv_header import Header
from line_fields import BLANK_IS_ABSENT, NAMES, OF_ANY_SCRIPT, TEXT_COLUMNS

#: What `transform` returns, in this order. `month` is `YYYY-MM`; `invoice_date` as the stream writes it
#: (`2010-12-01T08:26:00Z`), `unit_price` too (`2.550`). Of a rejected row there are only `object`, `reason` and `text`.
#: Of a date whose month and day could be the other way round, `day_read` is the day as it is read and `day_other` the
#: other one, each if there is such a day; `day_text` is the date in the file, where only the other one is.
COLUMNS: Final = (
    "object",
    "month",
    "line_id",
    *TEXT_COLUMNS.values(),
    "reason",
    "text",
    "day_read",
    "day_other",
    "day_text",
)

#: Where the accepted text of a field stands, if not under its name.
_ACCEPTED: Final = {"invoiceDate": "iso", "unitPrice": "three_places"}
_BLANKS_BUT_SPACE: Final = f"[{rules.BLANKS.replace(' ', '')}]"


def transform(rows: DataFrame, header: Header, partitions: int) -> DataFrame:
    """Make transaction lines of the rows of files that begin with the same header, with their ids.

    The bytes of a row are UTF-8 if they are valid UTF-8, else Windows-1252. Every row but blank ones and one header for
    each object comes out exactly once. Line ids count identical lines of one object, in whatever order they come.

    :param rows: `object` int (which file), `value` string: the bytes of one row of the file, undecoded, without the
        line feed that ends it and without a byte-order mark at the beginning of the file; the file's header among them
    :param partitions: of the result; all of a month of an object are in one, side by side
    :returns: `COLUMNS`
    """
    typed = _judged(_typed(_composed(_fields(_texts(rows, header), header)), header), header)
    return _identified(typed, header, partitions)


def _texts(rows: DataFrame, header: Header) -> DataFrame:
    """The text of each row, and why it cannot be read."""
    size = F.octet_length("value")
    taken = (
        F.when(size > rules.MAX_ROW_CHARACTERS, F.lit(rules.MAX_ROW_CHARACTERS))
        .when(F.col("value").endswith("\r"), size - 1)
        .otherwise(size)
    )
    raw = rows.select("object", "value", F.substr(F.col("value").cast("binary"), F.lit(1), taken).alias("raw"))
    decoded = raw.select("*", F.decode("raw", "UTF-8").alias("utf8"))
    too_long = size > rules.MAX_ROW_CHARACTERS
    # What is not UTF-8 was decoded to replacement characters, which are encoded otherwise.
    is_utf8 = ~too_long & (F.encode("utf8", "UTF-8") == F.col("raw"))
    # Spark itself knows nothing of Windows-1252.
    latin_1 = F.decode("raw", "ISO-8859-1")
    nothing = F.regexp_extract(latin_1, rules.NO_WINDOWS_1252, 0)
    before, after = rules.NOT_WINDOWS_1252
    texts = decoded.select(
        "object",
        "value",
        F.when(is_utf8, F.col("utf8"))
        .otherwise(F.translate(latin_1, rules.LATIN_1_CONTROLS, rules.WINDOWS_1252_LETTERS))
        .alias("text"),
        F.when(too_long, F.lit(rules.TOO_LONG))
        .when(F.lit(header.marked) & ~is_utf8, F.lit(rules.NOT_UTF8))
        .when(
            ~is_utf8 & (nothing != ""),
            F.concat(F.lit(before), F.hex(F.encode(nothing, "ISO-8859-1")), F.lit(after)),
        )
        .alias("unreadable"),
    )
    blank = ~F.col("text").contains(header.delimiter) & (F.btrim("text", F.lit(rules.BLANKS)) == "")
    return texts.where(F.col("unreadable").isNotNull() | ~blank)


def _fields(texts: DataFrame, header: Header) -> DataFrame:
    """The trimmed fields of each row, by name."""
    mark, pieces, closed = header.delimiter, *_patterns(header.delimiter)
    quoted = F.col("text").contains('"')
    cut = texts.select(
        "*",
        F.when(F.col("unreadable").isNotNull(), F.array().cast("array<string>"))
        .when(quoted, F.regexp_extract_all(F.concat(F.lit(mark), "text"), F.lit(pieces), F.lit(0)))
        .otherwise(F.split("text", re.escape(mark)))
        .alias("pieces"),
    )
    count = F.size("pieces")
    read = F.array_join("pieces", "")
    rest = F.substr(F.concat(F.lit(mark), "text"), F.length(read) + 1)
    malformed = F.when(rest.rlike(closed), F.lit(rules.GARBLED_QUOTE)).otherwise(F.lit(rules.OPEN_QUOTE))
    problem = (
        F.when(F.col("unreadable").isNotNull(), F.col("unreadable"))
        .when(quoted & (F.length(read) <= F.length("text")), malformed)
        .when(
            count != header.width,
            F.concat(
                F.lit(f"the header names {header.width} columns, the row has "), count.cast("string"), F.lit(" fields")
            ),
        )
    )
    # One look at the whole row spares eight looks for blanks that hardly ever come.
    judged = cut.select(
        "*",
        quoted.alias("quoted"),
        problem.alias("problem"),
        F.col("text").rlike(_BLANKS_BUT_SPACE).alias("odd_blanks"),
    )

    def field(name: str) -> Column:
        piece = F.get("pieces", F.lit(header.place(name)))
        unquoted = F.when(
            piece.startswith(f'{mark}"'),
            F.replace(F.substr(piece, F.lit(3), F.length(piece) - 3), F.lit('""'), F.lit('"')),
        ).otherwise(F.substr(piece, F.lit(2)))
        return F.when(F.col("quoted"), unquoted).otherwise(piece)

    fields = judged.select(
        "object", "value", "text", "problem", "odd_blanks", *[field(name).alias(name) for name in NAMES]
    )
    return fields.select(
        "object",
        "value",
        "text",
        "problem",
        *[
            F.when(F.col("odd_blanks"), F.btrim(name, F.lit(rules.BLANKS))).otherwise(F.trim(name)).alias(name)
            for name in NAMES
        ],
    )


def _patterns(delimiter: str) -> tuple[str, str]:
    """The pieces of a comma, or what else separates fields, and a row with quotes, each a comma and a field as it is
    written; and how one begins that was closed.

    Possessive, so that it never tries a second way. They make up the whole row exactly when it is well-formed; a quote
    inside an unquoted field is itself.
    """
    mark = re.escape(delimiter)
    quoted = mark + r'"[^"]*+(?:""[^"]*+)*+"'
    return rf'\G(?:{quoted}(?={mark}|\z)|{mark}(?!")[^{mark}]*+)', f"^{quoted}"


def _composed(fields: DataFrame) -> DataFrame:
    """The texts of any script in Unicode's normalization form C, which Spark has no expression for."""

    # Inside, so that it travels to the workers as it is: they have no module of the job.
    def normalized(texts: list[str] | None) -> list[str] | None:
        return None if texts is None else [unicodedata.normalize("NFC", text) for text in texts]

    plain = F.concat(*OF_ANY_SCRIPT).rlike(rules.PLAIN)
    # Of nearly every row Python sees nothing but a null.
    odd = F.when(~plain, F.array(*OF_ANY_SCRIPT))
    found = fields.select("*", F.udf(normalized, "array<string>")(odd).alias("composed"))
    return found.select(
        *[name for name in fields.columns if name not in OF_ANY_SCRIPT],
        *[
            F.coalesce(F.get("composed", F.lit(place)), F.col(name)).alias(name)
            for place, name in enumerate(OF_ANY_SCRIPT)
        ],
    )


def _typed(fields: DataFrame, header: Header) -> DataFrame:
    """The fields as the stream writes them; what cannot be read stays as it is, beside why."""
    date, quantity, price, customer = (F.col(name) for name in ("invoiceDate", "quantity", "unitPrice", "customerId"))
    if header.layout.decimal == ",":
        # A point in such a file separates thousands, and is refused.
        quantity, price = (
            F.when(number.contains("."), "").otherwise(F.replace(number, F.lit(","), F.lit(".")))
            for number in (quantity, price)
        )
        customer = F.when(customer.rlike(rules.FLOATED_BY_COMMA), F.substring_index(customer, ",", 1)).otherwise(
            customer
        )
    read = fields.select(
        *[name for name in fields.columns if name not in (*BLANK_IS_ABSENT, "quantity", "unitPrice", "customerId")],
        *[
            F.when((F.col(name) != "") & ~F.col(name).rlike(rules.MISSING), F.col(name)).alias(name)
            for name in BLANK_IS_ABSENT
        ],
        F.col("quantity").alias("quantity_text"),
        F.when(quantity.rlike(rules.WHOLE_NUMBER), F.substring_index(quantity, ".", 1).cast("bigint")).alias(
            "quantity"
        ),
        F.col("unitPrice").alias("price_text"),
        F.when(price.rlike(rules.TRAILING_ZEROS), F.regexp_extract(price, rules.TRAILING_ZEROS, 1))
        .otherwise(price)
        .alias("price"),
        F.when((customer == "") | customer.rlike(rules.MISSING), None)
        .when(customer.rlike(rules.FLOATED_ID), F.substring_index(customer, ".", 1))
        .otherwise(customer)
        .alias("customerId"),
        date.rlike(rules.SAID if header.is_said else rules.GUESSABLE).alias("is_slashed"),
        date.rlike(rules.ISO).alias("is_iso"),
        date.rlike(
            rules.SAID_YEAR_FIRST if header.is_said and header.order == "year-first" else rules.YEAR_FIRST
        ).alias("is_year_first"),
    )
    point = F.instr("price", ".")
    places = F.when(point > 0, F.substring_index("price", ".", -1)).otherwise("")
    three_places = F.concat(F.substring_index("price", ".", 1), F.lit("."), F.rpad(places, 3, "0"))
    return _dated(read, header).select(
        "*",
        F.col("price").rlike(rules.PATTERNS["unitPrice"]).alias("price_fits"),
        F.when(three_places == "-0.000", "0.000").otherwise(three_places).alias("three_places"),
    )


#: What separates the numbers of a date from each other, and from what says the half of the day.
_BETWEEN_NUMBERS: Final = r" |(?<=\d)(?=[AaPp][Mm])|[/.\-T:]"
_HALF_DAY: Final = r"[AaPp][Mm]\z"


def _dated(read: DataFrame, header: Header) -> DataFrame:
    """The date as the stream writes it, and the days that its numbers could be."""
    date, is_slashed, is_iso, is_year_first = (
        F.col(name) for name in ("invoiceDate", "is_slashed", "is_iso", "is_year_first")
    )
    parts = read.select("*", F.when(is_slashed | is_year_first, F.split(date, _BETWEEN_NUMBERS)).alias("parts"))

    def part(place: int) -> Column:
        return F.get("parts", F.lit(place))

    def year(place: int) -> Column:
        of_two = F.when(part(place) <= str(rules.LAST_YEAR_OF_THIS_CENTURY), "20").otherwise("19")
        return F.when(F.length(part(place)) == 2, F.concat(of_two, part(place))).otherwise(part(place))

    def day(of_year: Column, month: int, of_month: int) -> Column:
        return F.concat(of_year, F.lit("-"), F.lpad(part(month), 2, "0"), F.lit("-"), F.lpad(part(of_month), 2, "0"))

    # `12 AM` is midnight, `12 PM` is noon; there is no `0 AM` and no `13 PM`.
    half, number = F.upper(F.substring(date, -2, 2)), part(3).cast("int")
    in_half = (F.pmod(number, F.lit(12)) + F.when(half == "PM", 12).otherwise(0)).cast("string")
    hour = F.when(~date.rlike(_HALF_DAY), part(3)).when(number.between(1, 12), in_half)
    second = F.when(part(5).rlike(r"^\d"), part(5)).otherwise("00")
    time = F.concat(F.lit("T"), F.lpad(hour, 2, "0"), F.lit(":"), part(4), F.lit(":"), second, F.lit("Z"))

    iso_second = F.when(F.substring(date, 17, 1) == ":", F.substring(date, 18, 2)).otherwise("00")
    from_iso = F.concat(
        F.substring(date, 1, 10), F.lit("T"), F.substring(date, 12, 5), F.lit(":"), iso_second, F.lit("Z")
    )
    month_first, day_first, year_first = day(year(2), 0, 1), day(year(2), 1, 0), day(year(0), 1, 2)
    plain = F.when(is_iso, from_iso).when(is_year_first, F.concat(year_first, time))
    if header.order == "year-first":
        # A date that ends in its whole year contradicts what is said, whatever day it is.
        ends_in_year = is_slashed & (F.length(part(2)) == 4)
        iso, read_as, other = plain, F.lit(None), F.when(ends_in_year, "1970-01-01")
    else:
        read_as, other = (month_first, day_first) if header.order == "month-first" else (day_first, month_first)
        iso = F.when(is_slashed, F.concat(read_as, time)).otherwise(plain)
        differs = is_slashed & (part(0).cast("int") != part(1).cast("int"))
        read_as, other = F.when(differs, read_as), F.when(differs, other)
    texts = parts.select(
        "*", iso.alias("iso"), read_as.cast("string").alias("read_as"), other.cast("string").alias("other")
    )
    return texts.select(
        "*",
        F.expr("try_cast(read_as AS date)").alias("day_read"),
        F.expr("try_cast(other AS date)").alias("day_other"),
    )


def _judged(typed: DataFrame, header: Header) -> DataFrame:
    """Why a row is no transaction line: the first wrong field, in the order of the doors."""

    def refusal(field: str, value: Column, expected: str, whole: bool = False) -> Column:
        quoted = (
            value
            if whole
            else F.when(
                F.length(value) > rules.QUOTED_CHARACTERS,
                F.concat(F.substring(value, 1, rules.QUOTED_CHARACTERS), F.lit("…")),
            ).otherwise(value)
        )
        return F.concat(F.lit(f'{field}: write {expected}: got "'), quoted, F.lit('"'))

    def fits(field: str, value: Column) -> Column:
        return value.rlike(rules.PATTERNS[field])

    def door(field: str, value: Column) -> Column:
        return refusal(field, value, rules.EXPECTED[field])

    expected_date = rules.EXPECTED_DATES[header.order] + ("" if header.is_said else rules.DATE_FORMAT_ADVICE)
    say_decimal = F.when(
        F.lit(header.layout.decimal == ".") & F.col("price_text").rlike(rules.DECIMAL_COMMA), rules.SAY_DECIMAL
    ).otherwise("")
    iso, quantity, country = F.col("iso"), F.col("quantity"), F.col("country")
    is_date = fits("invoiceDate", iso) & F.expr("try_cast(iso AS timestamp)").isNotNull()
    # What is more than a pattern and its words.
    others = {
        "quantity": (F.abs(quantity) > rules.MAX_QUANTITY, door("quantity", quantity.cast("string"))),
        # In the words of the file: a date that does not exist has no other form.
        "invoiceDate": (~is_date, door("invoiceDate", F.col("invoiceDate"))),
        "unitPrice": (~F.col("price_fits"), F.concat(door("unitPrice", F.col("price_text")), say_decimal)),
        "country": (~fits("country", country) | country.rlike(rules.MISSING), door("country", country)),
    }
    reason = (
        F.when(F.col("problem").isNotNull(), F.col("problem"))
        .when(iso.isNull(), refusal("invoiceDate", F.col("invoiceDate"), expected_date, whole=True))
        .when(quantity.isNull(), refusal("quantity", F.col("quantity_text"), rules.EXPECTED["quantity"], whole=True))
    )
    for name in NAMES:
        reason = reason.when(*(others.get(name) or (~fits(name, F.col(name)), door(name, F.col(name)))))
    reason = reason.when(
        F.abs(quantity * F.expr("try_cast(three_places AS decimal(12,3))")) * 1000 > rules.MAX_AMOUNT,
        door("amount", F.concat(quantity.cast("string"), F.lit(" x "), F.col("three_places"))),
    )
    return typed.select("*", reason.alias("reason"))


def _identified(judged: DataFrame, header: Header, partitions: int) -> DataFrame:
    """Give each line its id, and leave out one header of each object.

    A shuffle by month brings identical lines together and serves the writing by month as well. Two different lines of
    an invoice whose hashes agree (one in 2^48) still get two ids, unless they are in different months.
    """
    accepted = F.col("reason").isNull()
    canonical = F.concat_ws(
        rules.FIELD_SEPARATOR,
        "invoiceNo",
        "stockCode",
        F.coalesce("description", F.lit("")),
        F.col("quantity").cast("string"),
        F.substring("iso", 1, 19),
        "three_places",
        F.coalesce("customerId", F.lit("")),
        "country",
    )
    name = F.concat("invoiceNo", F.lit("-"), F.substring(F.sha2(canonical.cast("binary"), 256), 1, rules.HASH_DIGITS))
    is_header = F.col("value").cast("binary") == F.lit(bytearray(header.row))
    named = judged.select(
        "object",
        F.when(accepted, F.substring("iso", 1, 7)).alias("month"),
        # The headers of an object are alike, too: they are counted the same way.
        F.when(accepted, name).when(is_header, "header").otherwise("rejected").alias("name"),
        *[F.when(accepted, F.col(_ACCEPTED.get(name, name))).alias(column) for name, column in TEXT_COLUMNS.items()],
        "reason",
        F.when(~accepted, F.col("text")).alias("text"),
        "day_read",
        "day_other",
        F.when(F.col("day_read").isNull() & F.col("day_other").isNotNull(), F.col("invoiceDate")).alias("day_text"),
    )
    alike = Window.partitionBy("object", "month", "name").orderBy(F.lit(1))
    numbered = named.repartition(partitions, "object", "month").withColumn("k", F.row_number().over(alike))
    kept = numbered.where((F.col("name") != "header") | (F.col("k") > 1))
    line_id = F.when(F.col("reason").isNull(), F.concat("name", F.lit("-"), F.col("k").cast("string")))
    return kept.select(
        *[
            line_id.alias(column)
            if column == "line_id"
            else F.col(column).cast("int").alias(column)
            if column == "quantity"
            else F.col(column)
            for column in COLUMNS
        ]
    )
