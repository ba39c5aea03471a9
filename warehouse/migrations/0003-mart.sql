-- Schema mart: what is true. Keys are informational in Redshift; the load keeps them unique and the tests hold it to that.

CREATE SCHEMA IF NOT EXISTS mart;

-- Sums of money have nineteen digits, which Redshift keeps in 64 bits: a line is of at most 9,000,000 pounds (domain/line-rules.ts), so
-- a thousand million lines of the largest amount are below 2^63 mills.

-- One row per line of an invoice, in its latest version: the greatest (sent_at, content).
CREATE TABLE IF NOT EXISTS mart.sales_line (
  invoice_no VARCHAR(32) NOT NULL,
  -- Tells the lines of one invoice apart; other invoices may have the same.
  line_id VARCHAR(64) NOT NULL,
  stock_code VARCHAR(160) NOT NULL,
  description VARCHAR(800),
  quantity INTEGER NOT NULL,
  unit_price DECIMAL(12, 3) NOT NULL,
  amount DECIMAL(19, 3) NOT NULL,
  invoice_ts TIMESTAMP NOT NULL,
  day DATE NOT NULL,
  hour SMALLINT NOT NULL,
  -- NULL is a guest.
  customer_id VARCHAR(32),
  country VARCHAR(240) NOT NULL,
  cancelled BOOLEAN NOT NULL,
  -- Milliseconds since 1970-01-01T00:00:00Z.
  sent_at BIGINT NOT NULL,
  PRIMARY KEY (invoice_no, line_id)
)
DISTKEY (invoice_no)
SORTKEY (day);

-- One row per invoice, and more for the few that have two days, hours, countries or customers.
CREATE TABLE IF NOT EXISTS mart.fact_invoice (
  invoice_no VARCHAR(32) NOT NULL,
  day DATE NOT NULL,
  hour SMALLINT NOT NULL,
  year SMALLINT NOT NULL,
  quarter VARCHAR(7) NOT NULL,
  month VARCHAR(7) NOT NULL,
  week VARCHAR(8) NOT NULL,
  weekday SMALLINT NOT NULL,
  country VARCHAR(240) NOT NULL,
  customer_id VARCHAR(32),
  cancelled BOOLEAN NOT NULL,
  revenue DECIMAL(19, 3) NOT NULL,
  units BIGINT NOT NULL,
  lines BIGINT NOT NULL
)
DISTKEY (invoice_no)
SORTKEY (day);

-- Finished answers: one row per group of each grouping. What a grouping does not group by is NULL; group_key tells its groups apart.
CREATE TABLE IF NOT EXISTS mart.agg_sales (
  grouping_name VARCHAR(32) NOT NULL,
  group_key VARCHAR(256) NOT NULL,
  year SMALLINT,
  quarter VARCHAR(7),
  month VARCHAR(7),
  week VARCHAR(8),
  day DATE,
  weekday SMALLINT,
  hour SMALLINT,
  country VARCHAR(240),
  customer_id VARCHAR(32),
  stock_code VARCHAR(160),
  description VARCHAR(800),
  cancelled BOOLEAN,
  revenue DECIMAL(19, 3) NOT NULL,
  units BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  invoices BIGINT NOT NULL,
  customers BIGINT NOT NULL,
  average_invoice DECIMAL(19, 3) NOT NULL
)
DISTSTYLE ALL
SORTKEY (grouping_name, group_key);

-- The groupings of agg_sales that every load brings up to date.
CREATE TABLE IF NOT EXISTS mart.sales_grouping (
  grouping_name VARCHAR(32) NOT NULL
)
DISTSTYLE ALL;

DELETE FROM mart.sales_grouping;

INSERT INTO mart.sales_grouping (grouping_name) VALUES
('TOTAL'), ('YEAR'), ('QUARTER'), ('MONTH'), ('WEEK'), ('DAY'), ('WEEKDAY'), ('HOUR'), ('COUNTRY'), ('CUSTOMER'), ('CANCELLED'),
('MONTH_COUNTRY');

-- What is bought together, both ways round.
CREATE TABLE IF NOT EXISTS mart.agg_product_pair (
  stock_code VARCHAR(160) NOT NULL,
  description VARCHAR(800),
  other_stock_code VARCHAR(160) NOT NULL,
  other_description VARCHAR(800),
  invoices BIGINT NOT NULL,
  support DOUBLE PRECISION NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  lift DOUBLE PRECISION NOT NULL
)
DISTSTYLE ALL
SORTKEY (stock_code);

-- Stock codes that are no goods.
CREATE TABLE IF NOT EXISTS mart.service_code (
  stock_code VARCHAR(160) NOT NULL PRIMARY KEY,
  meaning VARCHAR(64) NOT NULL
)
DISTSTYLE ALL;

DELETE FROM mart.service_code;

INSERT INTO mart.service_code (stock_code, meaning) VALUES
('POST', 'Postage'),
('DOT', 'Postage of the web shop'),
('C2', 'Carriage'),
('23444', 'Next day carriage'),
('23574', 'Packing charge'),
('M', 'Manual entry'),
('m', 'Manual entry'),
('D', 'Discount'),
('S', 'Samples'),
('B', 'Bad debt'),
('BANK CHARGES', 'Bank charges'),
('AMAZONFEE', 'Fee of a marketplace'),
('CRUK', 'Commission of a charity'),
('gift_0001_10', 'Gift voucher'),
('gift_0001_20', 'Gift voucher'),
('gift_0001_30', 'Gift voucher'),
('gift_0001_40', 'Gift voucher'),
('gift_0001_50', 'Gift voucher');

CREATE TABLE IF NOT EXISTS mart.dim_product (
  product_key BIGINT NOT NULL PRIMARY KEY,
  stock_code VARCHAR(160) NOT NULL,
  -- Of the latest line that has one; NULL when none has.
  description VARCHAR(800),
  service BOOLEAN NOT NULL
)
DISTSTYLE ALL
SORTKEY (stock_code);

CREATE TABLE IF NOT EXISTS mart.dim_customer (
  customer_key BIGINT NOT NULL PRIMARY KEY,
  -- NULL in row 0, the guest.
  customer_id VARCHAR(32)
)
DISTSTYLE ALL
SORTKEY (customer_id);

INSERT INTO mart.dim_customer (customer_key, customer_id)
SELECT
  0 AS customer_key,
  CAST(NULL AS VARCHAR(32)) AS customer_id
WHERE NOT EXISTS (SELECT 1 FROM mart.dim_customer AS present WHERE present.customer_key = 0);

CREATE TABLE IF NOT EXISTS mart.dim_country (
  country_key BIGINT NOT NULL PRIMARY KEY,
  country VARCHAR(240) NOT NULL
)
DISTSTYLE ALL;

-- One row: how fresh everything is.
CREATE TABLE IF NOT EXISTS mart.freshness (
  -- When the last load that found something ended.
  as_of TIMESTAMP,
  load_id BIGINT,
  -- The same of the last load that a refresh has covered.
  refreshed_as_of TIMESTAMP,
  refreshed_load_id BIGINT
)
DISTSTYLE ALL;

INSERT INTO mart.freshness (as_of)
SELECT CAST(NULL AS TIMESTAMP) AS as_of
WHERE NOT EXISTS (SELECT 1 FROM mart.freshness);
