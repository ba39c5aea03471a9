"""What a line of a file is. Generated from domain/line-fields.ts by `npm run generate`."""

# ruff: noqa: E501
# fmt: off
from typing import Final

#: The patterns that a trimmed text must match, whole, for Java's regular expressions.
PATTERNS: Final = {
    "invoiceNo": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\z",
    "stockCode": r"^[^\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\udb40\udc00-\udb43\udfff\ufdd0-\ufdef\ufffe\uffff\ud83f\udffe\ud83f\udfff\ud87f\udffe\ud87f\udfff\ud8bf\udffe\ud8bf\udfff\ud8ff\udffe\ud8ff\udfff\ud93f\udffe\ud93f\udfff\ud97f\udffe\ud97f\udfff\ud9bf\udffe\ud9bf\udfff\ud9ff\udffe\ud9ff\udfff\uda3f\udffe\uda3f\udfff\uda7f\udffe\uda7f\udfff\udabf\udffe\udabf\udfff\udaff\udffe\udaff\udfff\udb3f\udffe\udb3f\udfff\udb7f\udffe\udb7f\udfff\udbbf\udffe\udbbf\udfff\udbff\udffe\udbff\udfff\ud800-\udfff]{1,40}\z",
    "description": r"^[^\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff\ud83f\udffe\ud83f\udfff\ud87f\udffe\ud87f\udfff\ud8bf\udffe\ud8bf\udfff\ud8ff\udffe\ud8ff\udfff\ud93f\udffe\ud93f\udfff\ud97f\udffe\ud97f\udfff\ud9bf\udffe\ud9bf\udfff\ud9ff\udffe\ud9ff\udfff\uda3f\udffe\uda3f\udfff\uda7f\udffe\uda7f\udfff\udabf\udffe\udabf\udfff\udaff\udffe\udaff\udfff\udb3f\udffe\udb3f\udfff\udb7f\udffe\udb7f\udfff\udbbf\udffe\udbbf\udfff\udbff\udffe\udbff\udfff\ud800-\udfff]{0,200}\z",
    "invoiceDate": r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.]0{1,9})?Z\z",
    "unitPrice": r"^-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})?\z",
    "customerId": r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}\z",
    "country": r"^[^\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\udb40\udc00-\udb43\udfff\ufdd0-\ufdef\ufffe\uffff\ud83f\udffe\ud83f\udfff\ud87f\udffe\ud87f\udfff\ud8bf\udffe\ud8bf\udfff\ud8ff\udffe\ud8ff\udfff\ud93f\udffe\ud93f\udfff\ud97f\udffe\ud97f\udfff\ud9bf\udffe\ud9bf\udfff\ud9ff\udffe\ud9ff\udfff\uda3f\udffe\uda3f\udfff\uda7f\udffe\uda7f\udfff\udabf\udffe\udabf\udfff\udaff\udffe\udaff\udfff\udb3f\udffe\udb3f\udfff\udb7f\udffe\udb7f\udfff\udbbf\udffe\udbbf\udfff\udbff\udffe\udbff\udfff\ud800-\udfff]{1,60}\z",
}
#: What each field must look like, for reasons.
EXPECTED: Final = {
    "invoiceNo": "1 to 32 letters, digits or any of . _ -, beginning with a letter or digit, such as \"536365\"",
    "stockCode": "1 to 40 characters without control characters, such as \"85123A\"",
    "description": "at most 200 characters without control characters, or leave it out",
    "quantity": "a whole number from -1000000 to 1000000",
    "invoiceDate": "an existing date and time in UTC in whole seconds, such as \"2010-12-01T08:26:00Z\"",
    "unitPrice": "pounds from -999999.999 to 999999.999 with at most three places, such as \"2.55\"",
    "customerId": "1 to 32 letters, digits or any of _ -, beginning with a letter or digit, such as \"17850\", or leave it out for a guest",
    "country": "1 to 60 characters without control characters, such as \"United Kingdom\"",
    "amount": "quantity x unitPrice from -9000000 to 9000000 pounds: split the line",
}
#: Largest quantity of a line, and largest of a return. Unit: pieces.
MAX_QUANTITY: Final = 1000000
#: Largest amount of a line, quantity x unit price, and largest that is taken back. Unit: GBP / 1000 ("mills").
MAX_AMOUNT: Final = 9000000000
#: How a column may be named, in lower case without blanks and underscores; the first name is the usual one.
NAMES: Final = {
    "invoiceNo": ("InvoiceNo", "Invoice",),
    "stockCode": ("StockCode",),
    "description": ("Description",),
    "quantity": ("Quantity",),
    "invoiceDate": ("InvoiceDate",),
    "unitPrice": ("UnitPrice", "Price",),
    "customerId": ("CustomerID",),
    "country": ("Country",),
}
#: The fields that can be written composed or decomposed.
OF_ANY_SCRIPT: Final = ("stockCode", "description", "country",)
#: The fields that a blank, or a word for a missing value, leaves out.
BLANK_IS_ABSENT: Final = ("description",)
#: The column that holds each field as a text, as the stream writes it.
TEXT_COLUMNS: Final = {
    "invoiceNo": "invoice_no",
    "stockCode": "stock_code",
    "description": "description",
    "quantity": "quantity",
    "invoiceDate": "invoice_date",
    "unitPrice": "unit_price",
    "customerId": "customer_id",
    "country": "country",
}
#: The columns of imported lines in Parquet: the column of texts that each is made of, and its type.
CURATED: Final = {
    "line_id": ("line_id", "string"),
    "invoice_no": ("invoice_no", "string"),
    "stock_code": ("stock_code", "string"),
    "description": ("description", "string"),
    "quantity": ("quantity", "int"),
    "invoice_ts": ("invoice_date", "timestamp"),
    "unit_price": ("unit_price", "decimal(12,3)"),
    "customer_id": ("customer_id", "string"),
    "country": ("country", "string"),
}
