-- Schema intake: what arrives, and what became of it.

CREATE SCHEMA IF NOT EXISTS intake;

-- Lines as COPY left them: nothing is cast here, so that no value can stop a load. Columns carry the names of the JSON fields, folded
-- to lower case, which is how COPY … JSON 'auto ignorecase' finds them. VARCHAR counts bytes.
CREATE TABLE IF NOT EXISTS intake.landing (
  lineid VARCHAR(1024),
  invoiceno VARCHAR(1024),
  stockcode VARCHAR(1024),
  description VARCHAR(1024),
  quantity VARCHAR(1024),
  invoicedate VARCHAR(1024),
  unitprice VARCHAR(1024),
  customerid VARCHAR(1024),
  country VARCHAR(1024),
  sentat VARCHAR(1024),
  -- The file a bulk import read the line from; NULL for the stream.
  source VARCHAR(1024),
  landing_id BIGINT IDENTITY(1, 1),
  copied_at TIMESTAMP DEFAULT GETDATE()
)
DISTSTYLE EVEN;

-- Lines that no load will take, and why: lines of landing that fit no rule, and lines that COPY could not even land.
CREATE TABLE IF NOT EXISTS intake.reject (
  reason VARCHAR(1024) NOT NULL,
  -- The row's own source, else the manifest of the COPY that brought it; of a COPY error, the very file.
  source_object VARCHAR(1024),
  -- Line in the file, from 1. Known of a COPY error alone.
  line_number BIGINT,
  rejected_at TIMESTAMP NOT NULL,
  lineid VARCHAR(1024),
  invoiceno VARCHAR(1024),
  stockcode VARCHAR(1024),
  description VARCHAR(1024),
  quantity VARCHAR(1024),
  invoicedate VARCHAR(1024),
  unitprice VARCHAR(1024),
  customerid VARCHAR(1024),
  country VARCHAR(1024),
  sentat VARCHAR(1024),
  landing_id BIGINT,
  copied_at TIMESTAMP
)
DISTSTYLE EVEN
SORTKEY (rejected_at);

-- What to write instead of a refused value: the words of the doors (domain/line-rules.ts, EXPECTED).
CREATE TABLE IF NOT EXISTS intake.line_rule (
  field VARCHAR(16) NOT NULL,
  expected VARCHAR(256) NOT NULL
)
DISTSTYLE ALL;

DELETE FROM intake.line_rule;

INSERT INTO intake.line_rule (field, expected) VALUES
('lineId', '1 to 64 letters, digits or any of . _ : -, beginning with a letter or digit, such as "536365-b554dfdb0730-1"'),
('invoiceNo', '1 to 32 letters, digits or any of . _ -, beginning with a letter or digit, such as "536365"'),
('stockCode', '1 to 40 characters without control characters, such as "85123A"'),
('description', 'at most 200 characters without control characters, or leave it out'),
('quantity', 'a whole number from -1000000 to 1000000'),
('invoiceDate', 'an existing date and time in UTC in whole seconds, such as "2010-12-01T08:26:00Z"'),
('unitPrice', 'pounds from -999999.999 to 999999.999 with at most three places, such as "2.55"'),
(
  'customerId',
  '1 to 32 letters, digits or any of _ -, beginning with a letter or digit, such as "17850", or leave it out for a guest'
),
('country', '1 to 60 characters without control characters, such as "United Kingdom"'),
('amount', 'quantity x unitPrice from -9000000 to 9000000 pounds: split the line'),
('sentAt', 'whole milliseconds since 1970-01-01T00:00:00Z, before the year 10000, such as 1291191960000');

-- One row per load that found something: lines_in = rejected + repeated + new + changed + unchanged.
CREATE TABLE IF NOT EXISTS intake.load_audit (
  load_id BIGINT NOT NULL PRIMARY KEY,
  finished_at TIMESTAMP NOT NULL,
  lines_in BIGINT NOT NULL,
  lines_rejected BIGINT NOT NULL,
  -- Further copies of a line in the same load.
  lines_repeated BIGINT NOT NULL,
  lines_new BIGINT NOT NULL,
  lines_changed BIGINT NOT NULL,
  -- There already with the same content, or in a later version.
  lines_unchanged BIGINT NOT NULL,
  newest_copied_at TIMESTAMP NOT NULL
)
DISTSTYLE ALL;

-- Whoever writes to mart locks this first. It holds nothing.
CREATE TABLE IF NOT EXISTS intake.mutex (
  holder SMALLINT
)
DISTSTYLE ALL;

CREATE TABLE IF NOT EXISTS intake.migration (
  name VARCHAR(256) NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  applied_at TIMESTAMP NOT NULL
)
DISTSTYLE ALL;
