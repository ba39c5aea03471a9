"""How a file writes a line: the patterns, limits and words of `ingest/replay`, for Java's regular expressions.

What a field of a line is was generated (`line_fields.py`). A test compares every pattern and text with the TypeScript.
"""

from typing import Final

from line_fields import EXPECTED as EXPECTED
from line_fields import MAX_AMOUNT as MAX_AMOUNT
from line_fields import MAX_QUANTITY as MAX_QUANTITY
from line_fields import PATTERNS as PATTERNS

#: A text that is composed as it is.
PLAIN: Final = r"^[\u0000-\u02ff]*\z"

#: What a date must look like in a file, where the doors know only ISO, by the order of month, day and year.
EXPECTED_DATES: Final = {
    "month-first": 'month/day/year hour:minute such as "12/1/2010 8:26", or "2010-12-01 08:26:00"',
    "day-first": 'day/month/year hour:minute such as "1/12/2010 8:26", or "2010-12-01 08:26:00"',
    "year-first": 'year/month/day hour:minute such as "2010/12/1 8:26", or "2010-12-01 08:26:00"',
}
#: Added to them where no person has said in which order dates are.
DATE_FORMAT_ADVICE: Final = "; --date-format reads others"

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
TRAILING_ZEROS: Final = r"^(-?\d+[.]\d{3})0+\z"
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
