"""What a transaction line is: the patterns, limits and words of `domain/line-rules.ts`, for Java's regular expressions.

A test compares every pattern and text with the TypeScript file, so that the two cannot drift apart.
"""

from typing import Final

#: C0, DEL and C1.
_CONTROLS: Final = r"\u0000-\u001f\u007f-\u009f"
#: What does not show, or turns what stands around it, beside the controls: in no code and no country.
_UNSEEN: Final = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\udb40\udc00-\udb43\udfff"
)
#: What is no character of Unicode: noncharacters, and halves of characters.
_NO_CHARACTER: Final = (
    r"\ufdd0-\ufdef\ufffe\uffff"
    r"\ud83f\udffe\ud83f\udfff\ud87f\udffe\ud87f\udfff\ud8bf\udffe\ud8bf\udfff\ud8ff\udffe\ud8ff\udfff"
    r"\ud93f\udffe\ud93f\udfff\ud97f\udffe\ud97f\udfff\ud9bf\udffe\ud9bf\udfff\ud9ff\udffe\ud9ff\udfff"
    r"\uda3f\udffe\uda3f\udfff\uda7f\udffe\uda7f\udfff\udabf\udffe\udabf\udfff\udaff\udffe\udaff\udfff"
    r"\udb3f\udffe\udb3f\udfff\udb7f\udffe\udb7f\udfff\udbbf\udffe\udbbf\udfff\udbff\udffe\udbff\udfff"
    r"\ud800-\udfff"
)

#: The patterns that a trimmed text must match, whole. `\\z`, because Java's `$` also matches before a last line end.
PATTERNS: Final = {
    "invoiceNo": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\z",
    "stockCode": r"^[^" + _CONTROLS + _UNSEEN + _NO_CHARACTER + r"]{1,40}\z",
    "description": r"^[^" + _CONTROLS + _NO_CHARACTER + r"]{0,200}\z",
    "invoiceDate": (
        r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.]0{1,9})?Z\z"
    ),
    "unitPrice": r"^-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})?\z",
    "customerId": r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}\z",
    "country": r"^[^" + _CONTROLS + _UNSEEN + _NO_CHARACTER + r"]{1,60}\z",
}

#: A text that is composed as it is.
PLAIN: Final = r"^[\u0000-\u02ff]*\z"

#: What each field must look like, for reasons.
EXPECTED: Final = {
    "invoiceNo": '1 to 32 letters, digits or any of . _ -, beginning with a letter or digit, such as "536365"',
    "stockCode": '1 to 40 characters without control characters, such as "85123A"',
    "description": "at most 200 characters without control characters, or leave it out",
    "quantity": "a whole number from -1000000 to 1000000",
    "invoiceDate": 'an existing date and time in UTC in whole seconds, such as "2010-12-01T08:26:00Z"',
    "unitPrice": 'pounds from -999999.999 to 999999.999 with at most three places, such as "2.55"',
    "customerId": (
        '1 to 32 letters, digits or any of _ -, beginning with a letter or digit, such as "17850", '
        "or leave it out for a guest"
    ),
    "country": '1 to 60 characters without control characters, such as "United Kingdom"',
    "amount": "quantity x unitPrice from -9000000 to 9000000 pounds: split the line",
}

#: What a date must look like in a file, where the doors know only ISO, by the order of month, day and year.
EXPECTED_DATES: Final = {
    "month-first": 'month/day/year hour:minute such as "12/1/2010 8:26", or "2010-12-01 08:26:00"',
    "day-first": 'day/month/year hour:minute such as "1/12/2010 8:26", or "2010-12-01 08:26:00"',
    "year-first": 'year/month/day hour:minute such as "2010/12/1 8:26", or "2010-12-01 08:26:00"',
}
#: Added to them where no person has said in which order dates are.
SAY_DATE_FORMAT: Final = "; --date-format reads others"

#: Largest quantity of a line, and largest of a return. Unit: pieces.
MAX_QUANTITY: Final = 1_000_000

#: Largest amount of a line, quantity x unit price, and largest that is taken back. Unit: GBP / 1000 ("mills").
MAX_AMOUNT: Final = 9_000_000_000

#: Longest part of a refused value that a reason repeats. Unit: characters.
QUOTED_CHARACTERS: Final = 80

#: How a file may write dates (`ingest/replay/invoice-dates.ts`).
GUESSABLE: Final = r"^(\d{1,2})(/)(\d{1,2})/(\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?\z"
SAID: Final = r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?\z"
YEAR_FIRST: Final = r"^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?\z"
SAID_YEAR_FIRST: Final = (
    r"^(\d{4}|\d{2})([/.-])(\d{1,2})\2(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?\z"
)
ISO: Final = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:[.]0+)?)?Z?\z"
#: A year of two digits up to this one is of this century, as POSIX has it.
LAST_YEAR_OF_THIS_CENTURY: Final = 69

#: How a file may write whole numbers, prices and customers (`ingest/replay/line-from-row.ts`).
WHOLE_NUMBER: Final = r"^-?\d{1,15}(?:[.]0+)?\z"
NEEDLESS_ZEROS: Final = r"^(-?\d+[.]\d{3})0+\z"
FLOATED_ID: Final = r"^\d+[.]0+\z"
FLOATED_BY_COMMA: Final = r"^\d+,0+\z"
DECIMAL_COMMA: Final = r"^-?\d+,\d+\z"
#: Added to the reason where a price shows it.
SAY_DECIMAL: Final = "; --decimal comma reads it"

#: What programs write for a value that is not there (`ingest/replay/missing-values.ts`).
MISSING: Final = r"^(?i:-?nan|null|none|n/?a|<na>|#n/a)\z"

#: What JavaScript's `trim` removes, and `\s` matches: its white space and its line ends.
#: Source: ECMA-262, "WhiteSpace" and "LineTerminator".
BLANKS: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)

#: Longest row that is read, its carriage return included. Unit: bytes of the file, each one character in ISO-8859-1.
MAX_ROW_CHARACTERS: Final = 65_536

#: Why a row cannot be read (`ingest/replay/csv-rows.ts`).
OPEN_QUOTE: Final = f"a quote is opened and not closed within {MAX_ROW_CHARACTERS} characters"
GARBLED_QUOTE: Final = "text follows a closing quote: write a quote inside a quoted field twice"
TOO_LONG: Final = f"the row is longer than {MAX_ROW_CHARACTERS} characters"
NOT_UTF8: Final = "the file begins with the byte-order mark of UTF-8, but this row is not UTF-8"
#: Around the byte, in hexadecimal digits.
NOT_WINDOWS_1252: Final = (
    "the row is not UTF-8, and the byte ",
    ' in it is no character of Windows-1252: save the file as "CSV UTF-8"',
)

#: The characters of ISO-8859-1 that Windows-1252 has others for, and those; in the same order
#: (`ingest/replay/windows-1252.ts`).
LATIN_1_CONTROLS: Final = "".join(chr(byte) for byte in range(0x80, 0xA0))
WINDOWS_1252_LETTERS: Final = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
#: The bytes that are no character of Windows-1252.
NO_WINDOWS_1252: Final = "[\u0081\u008d\u008f\u0090\u009d]"

#: Between the fields of the text that a line's identity is computed over.
FIELD_SEPARATOR: Final = "\u001f"

#: Of the SHA-256 of that text, so many hex digits stand in a line id.
HASH_DIGITS: Final = 12
