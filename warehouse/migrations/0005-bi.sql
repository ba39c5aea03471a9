-- Schema bi: what people read. Views alone, over mart; keys are whole numbers and never NULL.

CREATE SCHEMA IF NOT EXISTS bi;

DROP VIEW IF EXISTS bi.sales_by_month_and_country;

DROP VIEW IF EXISTS bi.sales_by_day;

DROP VIEW IF EXISTS bi.fact_sales;

DROP VIEW IF EXISTS mart.sold_line;

DROP VIEW IF EXISTS bi.dim_date;

DROP VIEW IF EXISTS bi.dim_customer;

DROP VIEW IF EXISTS bi.dim_product;

DROP VIEW IF EXISTS bi.dim_country;

DROP VIEW IF EXISTS bi.rejected_line;

-- The one place that says what gross and net are: gross counts sales, net counts everything.
CREATE VIEW mart.sold_line AS
SELECT
  invoice_no,
  line_id,
  stock_code,
  quantity,
  unit_price,
  day,
  hour,
  customer_id,
  country,
  cancelled,
  (invoice_no LIKE 'A%') AS adjustment,
  CAST(CASE WHEN invoice_no LIKE 'C%' OR invoice_no LIKE 'A%' THEN 0 ELSE amount END AS DECIMAL(19, 3)) AS gross_amount,
  amount AS net_amount
FROM mart.sales_line;

-- Every day from the first of January of the first year to the end of the last.
CREATE VIEW bi.dim_date AS
SELECT
  date_key,
  day,
  year,
  quarter,
  month,
  week,
  weekday,
  month_of_year,
  day_of_month,
  week_year,
  week_of_year,
  year_start,
  quarter_start,
  month_start,
  week_start
FROM mart.calendar
WHERE
  year >= (SELECT MIN(fact_invoice.year) FROM mart.fact_invoice)
  AND year <= (SELECT MAX(fact_invoice.year) FROM mart.fact_invoice);

-- Row 0 is the guest: everybody who bought without a customer number.
CREATE VIEW bi.dim_customer AS
SELECT
  customer_key,
  COALESCE(customer_id, '(guest)') AS customer,
  (customer_id IS NULL) AS guest
FROM mart.dim_customer;

CREATE VIEW bi.dim_product AS
SELECT
  dim_product.product_key,
  dim_product.stock_code,
  COALESCE(dim_product.description, '(no description)') AS description,
  dim_product.service,
  service_code.meaning AS service_meaning
FROM mart.dim_product
LEFT JOIN mart.service_code ON dim_product.stock_code = service_code.stock_code;

CREATE VIEW bi.dim_country AS
SELECT
  country_key,
  country
FROM mart.dim_country;

-- One row per line of an invoice: invoice_no and line_id are its key.
CREATE VIEW bi.fact_sales AS
SELECT
  sold_line.invoice_no,
  sold_line.line_id,
  calendar.date_key,
  sold_line.hour,
  dim_customer.customer_key,
  dim_product.product_key,
  dim_country.country_key,
  sold_line.quantity,
  sold_line.unit_price,
  sold_line.gross_amount,
  sold_line.net_amount,
  sold_line.cancelled,
  sold_line.adjustment,
  dim_product.service
FROM mart.sold_line
INNER JOIN mart.calendar ON sold_line.day = calendar.day
INNER JOIN mart.dim_customer ON COALESCE(sold_line.customer_id, '') = COALESCE(dim_customer.customer_id, '')
INNER JOIN mart.dim_product ON sold_line.stock_code = dim_product.stock_code
INNER JOIN mart.dim_country ON sold_line.country = dim_country.country;

CREATE VIEW bi.sales_by_day AS
SELECT
  sold_line.day,
  CAST(SUM(sold_line.gross_amount) AS DECIMAL(19, 3)) AS gross,
  CAST(SUM(sold_line.net_amount) AS DECIMAL(19, 3)) AS net,
  CAST(SUM(CASE WHEN service_code.stock_code IS NULL THEN 0 ELSE sold_line.net_amount END) AS DECIMAL(19, 3)) AS service_net,
  CAST(SUM(CASE WHEN service_code.stock_code IS NULL THEN sold_line.net_amount ELSE 0 END) AS DECIMAL(19, 3)) AS net_without_services,
  CAST(SUM(sold_line.quantity) AS BIGINT) AS units,
  CAST(COUNT(*) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT sold_line.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT sold_line.customer_id) AS BIGINT) AS customers
FROM mart.sold_line
LEFT JOIN mart.service_code ON sold_line.stock_code = service_code.stock_code
GROUP BY sold_line.day;

CREATE VIEW bi.sales_by_month_and_country AS
SELECT
  calendar.month,
  calendar.month_start,
  sold_line.country,
  CAST(SUM(sold_line.gross_amount) AS DECIMAL(19, 3)) AS gross,
  CAST(SUM(sold_line.net_amount) AS DECIMAL(19, 3)) AS net,
  CAST(SUM(CASE WHEN service_code.stock_code IS NULL THEN 0 ELSE sold_line.net_amount END) AS DECIMAL(19, 3)) AS service_net,
  CAST(SUM(CASE WHEN service_code.stock_code IS NULL THEN sold_line.net_amount ELSE 0 END) AS DECIMAL(19, 3)) AS net_without_services,
  CAST(SUM(sold_line.quantity) AS BIGINT) AS units,
  CAST(COUNT(*) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT sold_line.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT sold_line.customer_id) AS BIGINT) AS customers
FROM mart.sold_line
INNER JOIN mart.calendar ON sold_line.day = calendar.day
LEFT JOIN mart.service_code ON sold_line.stock_code = service_code.stock_code
GROUP BY calendar.month, calendar.month_start, sold_line.country;

-- What no load took, and why: each line as it came, with the words of the doors.
CREATE VIEW bi.rejected_line AS
SELECT
  rejected_at,
  reason,
  source_object,
  line_number,
  invoiceno AS invoice_no,
  lineid AS line_id,
  stockcode AS stock_code,
  description,
  quantity,
  invoicedate AS invoice_date,
  unitprice AS unit_price,
  customerid AS customer_id,
  country,
  sentat AS sent_at
FROM intake.reject;
