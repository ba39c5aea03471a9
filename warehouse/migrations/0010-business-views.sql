-- Schema bi, wider: tools that take one relation find everything in bi.sales, a time filter finds a date in every relation of sales, and each
-- column says what it is. Nothing that was there has gone.

DROP VIEW bi.sales_by_month_and_country;

DROP VIEW bi.sales_by_day;

DROP VIEW bi.fact_sales;

DROP VIEW mart.sold_line;

DROP VIEW bi.dim_date;

DROP VIEW bi.dim_customer;

DROP VIEW bi.dim_product;

-- The one place that says what gross and net are: gross counts sales, net counts everything.
CREATE VIEW mart.sold_line AS
SELECT
  sales_line.invoice_no,
  sales_line.line_id,
  sales_line.stock_code,
  sales_line.description,
  sales_line.quantity,
  sales_line.unit_price,
  sales_line.invoice_ts,
  sales_line.day,
  sales_line.hour,
  sales_line.customer_id,
  sales_line.country,
  sales_line.cancelled,
  (sales_line.invoice_no LIKE 'A%') AS adjustment,
  CASE
    WHEN sales_line.invoice_no LIKE 'C%' THEN 'cancellation'
    WHEN sales_line.invoice_no LIKE 'A%' THEN 'adjustment'
    ELSE 'sale'
  END AS line_kind,
  CAST(
    CASE WHEN sales_line.invoice_no LIKE 'C%' OR sales_line.invoice_no LIKE 'A%' THEN 0 ELSE sales_line.amount END AS DECIMAL(19, 3)
  ) AS gross_amount,
  sales_line.amount AS net_amount,
  CAST(CASE WHEN service_code.stock_code IS NULL THEN 0 ELSE sales_line.amount END AS DECIMAL(19, 3)) AS service_net_amount
FROM mart.sales_line
LEFT JOIN mart.service_code ON sales_line.stock_code = service_code.stock_code;

-- Each day of the calendar with the names that people read.
CREATE VIEW mart.named_day AS
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
  week_start,
  CASE month_of_year
    WHEN 1 THEN 'January'
    WHEN 2 THEN 'February'
    WHEN 3 THEN 'March'
    WHEN 4 THEN 'April'
    WHEN 5 THEN 'May'
    WHEN 6 THEN 'June'
    WHEN 7 THEN 'July'
    WHEN 8 THEN 'August'
    WHEN 9 THEN 'September'
    WHEN 10 THEN 'October'
    WHEN 11 THEN 'November'
    WHEN 12 THEN 'December'
  END AS month_name,
  CASE weekday
    WHEN 1 THEN 'Monday'
    WHEN 2 THEN 'Tuesday'
    WHEN 3 THEN 'Wednesday'
    WHEN 4 THEN 'Thursday'
    WHEN 5 THEN 'Friday'
    WHEN 6 THEN 'Saturday'
    WHEN 7 THEN 'Sunday'
  END AS weekday_name,
  (weekday >= 6) AS is_weekend
FROM mart.calendar;

-- Every day from the first of January of the first year to the end of the last. Some names stand twice, because day, month, year, week and
-- hour are words of SQL that some tools do not quote.
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
  week_start,
  day AS calendar_date,
  month AS year_month,
  month_name,
  weekday_name,
  is_weekend
FROM mart.named_day
WHERE
  year >= (SELECT MIN(fact_invoice.year) FROM mart.fact_invoice)
  AND year <= (SELECT MAX(fact_invoice.year) FROM mart.fact_invoice);

-- What is known of each customer by invoices. Fifths are those of the API's customerSegments: 5 is best, and only who has a sale has any.
CREATE VIEW mart.customer_profile AS
WITH invoice AS (
  SELECT
    customer_id,
    invoice_no,
    day,
    hour,
    month,
    country,
    revenue,
    (cancelled = FALSE AND SUBSTRING(invoice_no, 1, 1) <> 'A') AS is_sale
  FROM mart.fact_invoice
  WHERE customer_id IS NOT NULL
),

customer AS (
  SELECT
    customer_id,
    CAST(MIN(CASE WHEN is_sale THEN day END) AS DATE) AS first_purchase,
    CAST(MAX(CASE WHEN is_sale THEN day END) AS DATE) AS last_purchase,
    MIN(CASE WHEN is_sale THEN month END) AS cohort_month,
    COUNT(DISTINCT CASE WHEN is_sale THEN invoice_no END) AS purchases,
    SUM(revenue) AS net
  FROM invoice
  GROUP BY customer_id
),

scored AS (
  SELECT
    customer_id,
    NTILE(5) OVER (ORDER BY last_purchase ASC, customer_id ASC) AS recency,
    NTILE(5) OVER (ORDER BY purchases ASC, customer_id ASC) AS frequency,
    NTILE(5) OVER (ORDER BY net ASC, customer_id ASC) AS monetary
  FROM customer
  WHERE purchases > 0
),

located AS (
  SELECT
    customer_id,
    country,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY day DESC, hour DESC, invoice_no DESC, country DESC) AS place
  FROM invoice
)

SELECT
  customer.customer_id,
  located.country,
  customer.first_purchase,
  customer.last_purchase,
  customer.cohort_month,
  CAST(customer.purchases AS INTEGER) AS purchases,
  CAST(customer.net AS DECIMAL(19, 3)) AS net,
  CAST(scored.recency AS INTEGER) AS recency,
  CAST(scored.frequency AS INTEGER) AS frequency,
  CAST(scored.monetary AS INTEGER) AS monetary,
  CAST(scored.recency * 100 + scored.frequency * 10 + scored.monetary AS VARCHAR(3)) AS segment
FROM customer
INNER JOIN located ON customer.customer_id = located.customer_id AND located.place = 1
LEFT JOIN scored ON customer.customer_id = scored.customer_id;

-- Row 0 is the guest: everybody who bought without a customer number. Counting customer_id counts customers, without the guest.
CREATE VIEW bi.dim_customer AS
SELECT
  dim_customer.customer_key,
  COALESCE(dim_customer.customer_id, '(guest)') AS customer,
  (dim_customer.customer_id IS NULL) AS guest,
  dim_customer.customer_id,
  profile.country AS customer_country,
  profile.first_purchase,
  profile.last_purchase,
  profile.cohort_month,
  profile.segment
FROM mart.dim_customer
LEFT JOIN mart.customer_profile AS profile ON dim_customer.customer_id = profile.customer_id;

-- The name of a product has its code in it, because different codes may have one description.
CREATE VIEW bi.dim_product AS
SELECT
  dim_product.product_key,
  dim_product.stock_code,
  COALESCE(dim_product.description, '(no description)') AS description,
  dim_product.service,
  service_code.meaning AS service_meaning,
  dim_product.stock_code || ' ' || COALESCE(dim_product.description, '(no description)') AS product
FROM mart.dim_product
LEFT JOIN mart.service_code ON dim_product.stock_code = service_code.stock_code;

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
  dim_product.service,
  sold_line.day,
  sold_line.invoice_ts AS sold_at,
  sold_line.hour AS hour_of_day,
  sold_line.line_kind
FROM mart.sold_line
INNER JOIN mart.calendar ON sold_line.day = calendar.day
INNER JOIN mart.dim_customer ON COALESCE(sold_line.customer_id, '') = COALESCE(dim_customer.customer_id, '')
INNER JOIN mart.dim_product ON sold_line.stock_code = dim_product.stock_code
INNER JOIN mart.dim_country ON sold_line.country = dim_country.country;

-- The same with every attribute in the row, for tools that take one relation.
CREATE VIEW bi.sales AS
SELECT
  sold_line.invoice_no,
  sold_line.line_id,
  sold_line.invoice_ts AS sold_at,
  sold_line.day AS sold_on,
  sold_line.hour AS hour_of_day,
  named_day.year AS calendar_year,
  named_day.quarter AS year_quarter,
  named_day.month AS year_month,
  named_day.month_start,
  named_day.week AS year_week,
  named_day.weekday_name,
  named_day.is_weekend,
  sold_line.line_kind,
  sold_line.customer_id,
  (sold_line.customer_id IS NULL) AS guest,
  sold_line.country,
  sold_line.stock_code,
  sold_line.stock_code || ' ' || COALESCE(dim_product.description, '(no description)') AS product,
  sold_line.description AS line_description,
  dim_product.service,
  sold_line.quantity,
  sold_line.unit_price,
  sold_line.gross_amount,
  sold_line.net_amount
FROM mart.sold_line
INNER JOIN mart.named_day ON sold_line.day = named_day.day
INNER JOIN mart.dim_product ON sold_line.stock_code = dim_product.stock_code;

CREATE VIEW bi.sales_by_day AS
SELECT
  sold_line.day,
  CAST(SUM(sold_line.gross_amount) AS DECIMAL(19, 3)) AS gross,
  CAST(SUM(sold_line.net_amount) AS DECIMAL(19, 3)) AS net,
  CAST(SUM(sold_line.service_net_amount) AS DECIMAL(19, 3)) AS service_net,
  CAST(SUM(sold_line.net_amount - sold_line.service_net_amount) AS DECIMAL(19, 3)) AS net_without_services,
  CAST(SUM(sold_line.quantity) AS BIGINT) AS units,
  CAST(COUNT(*) AS INTEGER) AS lines,
  CAST(COUNT(DISTINCT sold_line.invoice_no) AS INTEGER) AS invoices,
  CAST(COUNT(DISTINCT sold_line.customer_id) AS INTEGER) AS customers
FROM mart.sold_line
GROUP BY sold_line.day;

CREATE VIEW bi.sales_by_month AS
SELECT
  calendar.month,
  calendar.month_start,
  CAST(SUM(sold_line.gross_amount) AS DECIMAL(19, 3)) AS gross,
  CAST(SUM(sold_line.net_amount) AS DECIMAL(19, 3)) AS net,
  CAST(SUM(sold_line.service_net_amount) AS DECIMAL(19, 3)) AS service_net,
  CAST(SUM(sold_line.net_amount - sold_line.service_net_amount) AS DECIMAL(19, 3)) AS net_without_services,
  CAST(SUM(sold_line.quantity) AS BIGINT) AS units,
  CAST(COUNT(*) AS INTEGER) AS lines,
  CAST(COUNT(DISTINCT sold_line.invoice_no) AS INTEGER) AS invoices,
  CAST(COUNT(DISTINCT sold_line.customer_id) AS INTEGER) AS customers
FROM mart.sold_line
INNER JOIN mart.calendar ON sold_line.day = calendar.day
GROUP BY calendar.month, calendar.month_start;

CREATE VIEW bi.sales_by_month_and_country AS
SELECT
  calendar.month,
  calendar.month_start,
  sold_line.country,
  CAST(SUM(sold_line.gross_amount) AS DECIMAL(19, 3)) AS gross,
  CAST(SUM(sold_line.net_amount) AS DECIMAL(19, 3)) AS net,
  CAST(SUM(sold_line.service_net_amount) AS DECIMAL(19, 3)) AS service_net,
  CAST(SUM(sold_line.net_amount - sold_line.service_net_amount) AS DECIMAL(19, 3)) AS net_without_services,
  CAST(SUM(sold_line.quantity) AS BIGINT) AS units,
  CAST(COUNT(*) AS INTEGER) AS lines,
  CAST(COUNT(DISTINCT sold_line.invoice_no) AS INTEGER) AS invoices,
  CAST(COUNT(DISTINCT sold_line.customer_id) AS INTEGER) AS customers
FROM mart.sold_line
INNER JOIN mart.calendar ON sold_line.day = calendar.day
GROUP BY calendar.month, calendar.month_start, sold_line.country;

-- Customers with a sale, in fifths.
CREATE VIEW bi.rfm AS
SELECT
  customer_id,
  country AS customer_country,
  first_purchase,
  last_purchase,
  purchases,
  net,
  recency,
  frequency,
  monetary,
  segment
FROM mart.customer_profile
WHERE purchases > 0;

-- For each month's new customers, how many bought in it and in each month up to the last one with a sale.
CREATE VIEW bi.retention AS
WITH active AS (
  SELECT
    customer_id,
    month
  FROM mart.fact_invoice
  WHERE customer_id IS NOT NULL AND cancelled = FALSE AND SUBSTRING(invoice_no, 1, 1) <> 'A'
  GROUP BY customer_id, month
),

born AS (
  SELECT
    customer_id,
    MIN(month) AS cohort_month
  FROM active
  GROUP BY customer_id
),

cohort AS (
  SELECT
    cohort_month,
    COUNT(*) AS cohort_size
  FROM born
  GROUP BY cohort_month
),

span AS (
  SELECT
    MIN(month) AS first_month,
    MAX(month) AS last_month
  FROM active
),

months AS (
  SELECT
    calendar.month,
    MIN(calendar.month_index) AS month_index
  FROM mart.calendar
  INNER JOIN span ON calendar.month >= span.first_month AND calendar.month <= span.last_month
  GROUP BY calendar.month
),

counted AS (
  SELECT
    born.cohort_month,
    active.month,
    COUNT(*) AS customers
  FROM active
  INNER JOIN born ON active.customer_id = born.customer_id
  GROUP BY born.cohort_month, active.month
)

SELECT
  cohort.cohort_month,
  later.month AS year_month,
  CAST(later.month_index - first_month.month_index AS INTEGER) AS months_since,
  CAST(cohort.cohort_size AS INTEGER) AS cohort_size,
  CAST(COALESCE(counted.customers, 0) AS INTEGER) AS customers
FROM cohort
INNER JOIN months AS first_month ON cohort.cohort_month = first_month.month
INNER JOIN months AS later ON cohort.cohort_month <= later.month
LEFT JOIN counted ON cohort.cohort_month = counted.cohort_month AND later.month = counted.month;

CREATE VIEW bi.product_pairs AS
SELECT
  stock_code,
  description,
  other_stock_code,
  other_description,
  CAST(invoices AS INTEGER) AS invoices,
  support,
  confidence,
  lift
FROM mart.agg_product_pair;

CREATE VIEW bi.freshness AS
SELECT
  as_of,
  refreshed_as_of AS products_as_of
FROM mart.freshness;

GRANT SELECT ON ALL TABLES IN SCHEMA mart TO ROLE etl;

GRANT SELECT ON ALL TABLES IN SCHEMA mart TO ROLE api_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA bi TO ROLE bi_reader;
