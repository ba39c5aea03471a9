"""The rules are the same as the TypeScript's, text by text."""

import json
import re
import unicodedata
from pathlib import Path

import line_rules as rules
from csv_header import NAMES
from csv_reference import NO_TEXT, UNSEEN

PROJECT = Path(__file__).parents[2]


def source(path: str) -> str:
    return (PROJECT / path).read_text()


def constants(path: str, name: str) -> dict[str, str]:
    """The texts of an object literal of strings, which may be put together of constants."""
    [body] = re.findall(rf"export const {name} = {{\n(.*?)\n}};", source(path), re.DOTALL)
    found = re.findall(r"(\w+):\s+(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`)", body)
    whole = {
        key: re.sub(r"[$]{(\w+)}", lambda part: constant(path, part[1]), one or other) for key, one, other in found
    }
    return {key: value.replace("\\\\", "\\") for key, value in whole.items()}


def constant(path: str, name: str) -> str:
    """A text that may be written in several pieces."""
    [body] = re.findall(rf"\nconst {name} =(.*?);\n", source(path), re.DOTALL)
    return "".join(re.findall(r"'([^']*)'", body))


def test_patterns_are_those_of_the_doors() -> None:
    patterns = constants("domain/generated/line.ts", "PATTERNS")

    assert patterns.keys() - rules.PATTERNS.keys() == {"lineId"}
    for field, pattern in rules.PATTERNS.items():
        assert pattern == re.sub(r"\$$", r"\\z", patterns[field])


def test_what_does_not_show_is_in_no_code_and_no_country() -> None:
    unseen = json.loads(source("test/support/unseen-characters.json"))

    for character in unseen.values():
        for unwanted in (UNSEEN, _as_python(rules.PATTERNS["stockCode"])):
            assert re.fullmatch(f"[{unwanted}]", character), ascii(character)
    assert _as_python(rules.PATTERNS["country"]) == _as_python(rules.PATTERNS["stockCode"])


def test_controls_and_noncharacters_are_in_no_text() -> None:
    refused = [chr(code) for code in range(0x110000) if _is_no_text(code)]

    for field in ("stockCode", "description", "country"):
        for unwanted in (NO_TEXT if field == "description" else UNSEEN, _as_python(rules.PATTERNS[field])):
            for character in refused:
                assert re.fullmatch(f"[{unwanted}]", character), ascii(character)


def _is_no_text(code: int) -> bool:
    """Unicode's general category Cc, and its noncharacters."""
    return unicodedata.category(chr(code)) == "Cc" or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _as_python(pattern: str) -> str:
    """What a pattern of Java excludes, as a class of Python's, which writes a character beyond U+FFFF as one."""
    inside = pattern[pattern.index("^", 1) + 1 : pattern.index("]")]
    pair = r"\\u(d[89ab]..)\\u(d[c-f]..)"
    return re.sub(pair, lambda halves: _whole(int(halves[1], 16), int(halves[2], 16)), inside)


def _whole(first: int, second: int) -> str:
    return f"\\U{0x10000 + (first - 0xD800) * 0x400 + second - 0xDC00:08x}"


def test_what_is_plain_is_the_same_for_the_doors() -> None:
    [plain] = re.findall(r"export const PLAIN = '(.*)';", source("domain/line-rules.ts"))

    assert re.sub(r"\$$", r"\\z", plain.replace("\\\\", "\\")) == rules.PLAIN


def test_words_are_those_of_the_doors() -> None:
    expected = constants("domain/generated/line.ts", "EXPECTED")

    assert expected.keys() - rules.EXPECTED.keys() == {"lineId", "sentAt"}
    assert {field: expected[field] for field in rules.EXPECTED} == rules.EXPECTED
    assert f"MAX_PIECES = {rules.MAX_QUANTITY};" in source("domain/limits.ts")
    assert f"MAX_POUNDS_OF_A_LINE = {rules.MAX_AMOUNT // 1000};" in source("domain/limits.ts")
    assert f"{{{rules.QUOTED_CHARACTERS}}})[" in source("domain/line-rules.ts")
    assert f"FIELD_SEPARATOR = {json.dumps(rules.FIELD_SEPARATOR)}".replace('"', "'") in source("domain/line-id.ts")
    assert f"HASH_DIGITS = {rules.HASH_DIGITS};" in source("domain/line-id.ts")


def test_words_and_patterns_of_files_are_those_of_the_replay() -> None:
    rows = source("ingest/replay/csv-rows.ts").replace("${String(MAX_ROW_CHARACTERS)}", str(rules.MAX_ROW_CHARACTERS))
    lines = source("ingest/replay/line-from-row.ts")

    for words in (rules.OPEN_QUOTE, rules.GARBLED_QUOTE, rules.TOO_LONG, rules.NOT_UTF8):
        assert words in rows
    assert "MAX_ROW_CHARACTERS = 65_536;" in rows
    letters = source("ingest/replay/windows-1252.ts")
    assert all(words in letters for words in rules.NOT_WINDOWS_1252)
    assert rules.WINDOWS_1252_LETTERS in re.sub(r"\\u00(..)", lambda code: chr(int(code[1], 16)), letters)
    dates = source("ingest/replay/invoice-dates.ts")
    for order, words in rules.EXPECTED_DATES.items():
        assert f"'{order}': '{words}'," in dates
    assert f"DATE_FORMAT_ADVICE = '{rules.DATE_FORMAT_ADVICE}';" in dates
    assert f"SAY_DECIMAL = '{rules.SAY_DECIMAL}';" in lines
    assert f"LAST_YEAR_OF_THIS_CENTURY = {rules.LAST_YEAR_OF_THIS_CENTURY};" in dates
    of_dates = ("GUESSABLE", "SAID", "YEAR_FIRST", "SAID_YEAR_FIRST", "ISO")
    of_numbers = ("WHOLE_NUMBER", "TRAILING_ZEROS", "FLOATED_ID", "FLOATED_BY_COMMA", "DECIMAL_COMMA")
    for name in (*of_dates, *of_numbers):
        [pattern] = re.findall(rf"const {name} = /(.*)/;", dates + lines)
        assert without_captures(getattr(rules, name)) == without_captures(pattern.replace(r"\/", "/")[:-1] + r"\z")


def without_captures(pattern: str) -> str:
    """The same pattern; what is cut out by groups there is cut out otherwise here."""
    written = ""
    captures: list[bool] = []
    for at, character in enumerate(pattern):
        if character == "(":
            captures.append(pattern[at + 1] != "?")
        if character not in "()" or not captures[-1]:
            written += character
        if character == ")":
            captures.pop()
    return written


def test_columns_are_named_as_for_the_replay() -> None:
    [fields] = re.findall(
        r"export const LINE_FIELDS = \[(.*?)\n\] as const", source("domain/line-fields.ts"), re.DOTALL
    )
    found = re.findall(r"name: '(\w+)',(?:(?!name: ).)*?fileNames: \[(.*?)\],", fields, re.DOTALL)

    assert {field: tuple(re.findall(r"'(\w+)'", names)) for field, names in found} == NAMES


def test_letters_of_windows_1252_are_those_of_python() -> None:
    for code, letter in zip(rules.LATIN_1_CONTROLS, rules.WINDOWS_1252_LETTERS, strict=True):
        byte = code.encode("latin-1")
        if re.match(rules.NO_WINDOWS_1252, code):
            assert letter == code
            assert byte.decode("cp1252", "ignore") == ""
        else:
            assert byte.decode("cp1252") == letter
