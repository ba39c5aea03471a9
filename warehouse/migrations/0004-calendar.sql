-- Every day that a line can have. Joining it proves that a date exists, and spares all date arithmetic elsewhere.

CREATE TABLE IF NOT EXISTS mart.calendar (
  day DATE NOT NULL PRIMARY KEY,
  day_text VARCHAR(10) NOT NULL,
  -- Such as 20110214.
  date_key INTEGER NOT NULL,
  year SMALLINT NOT NULL,
  quarter VARCHAR(7) NOT NULL,
  month VARCHAR(7) NOT NULL,
  -- ISO 8601: the week belongs to the year of its Thursday.
  week VARCHAR(8) NOT NULL,
  -- 1 is Monday.
  weekday SMALLINT NOT NULL,
  month_of_year SMALLINT NOT NULL,
  day_of_month SMALLINT NOT NULL,
  week_year SMALLINT NOT NULL,
  week_of_year SMALLINT NOT NULL,
  year_start DATE NOT NULL,
  quarter_start DATE NOT NULL,
  month_start DATE NOT NULL,
  week_start DATE NOT NULL,
  -- Months since January 1900, from 0: differences count calendar months.
  month_index INTEGER NOT NULL,
  -- Days since 1900-01-01, from 0.
  day_index INTEGER NOT NULL
)
DISTSTYLE ALL
SORTKEY (day_text);

-- 1900-01-01 was a Monday.
INSERT INTO mart.calendar (
  day, day_text, date_key, year, quarter, month, week, weekday, month_of_year, day_of_month, week_year, week_of_year,
  year_start, quarter_start, month_start, week_start, month_index, day_index
)
WITH digit AS (
  SELECT 0 AS n
  UNION ALL SELECT 1 AS n
  UNION ALL SELECT 2 AS n
  UNION ALL SELECT 3 AS n
  UNION ALL SELECT 4 AS n
  UNION ALL SELECT 5 AS n
  UNION ALL SELECT 6 AS n
  UNION ALL SELECT 7 AS n
  UNION ALL SELECT 8 AS n
  UNION ALL SELECT 9 AS n
),

numbered AS (
  SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n + 100000 * f.n AS day_index
  FROM digit AS a
  CROSS JOIN digit AS b
  CROSS JOIN digit AS c
  CROSS JOIN digit AS d
  CROSS JOIN digit AS e
  CROSS JOIN digit AS f
),

dated AS (
  SELECT
    day_index,
    CAST('1900-01-01' AS DATE) + CAST(day_index AS INTEGER) AS day,
    CAST('1900-01-01' AS DATE) + CAST(day_index - day_index % 7 AS INTEGER) AS week_start,
    CAST('1900-01-01' AS DATE) + CAST(day_index - day_index % 7 + 3 AS INTEGER) AS thursday
  FROM numbered
  WHERE day_index < 109573
),

parted AS (
  SELECT
    day_index,
    day,
    week_start,
    thursday,
    CAST(EXTRACT(YEAR FROM day) AS INTEGER) AS year,
    CAST(EXTRACT(MONTH FROM day) AS INTEGER) AS month_of_year,
    CAST(EXTRACT(DAY FROM day) AS INTEGER) AS day_of_month,
    CAST(EXTRACT(YEAR FROM thursday) AS INTEGER) AS week_year,
    CAST(EXTRACT(DOY FROM day) AS INTEGER) AS day_of_year,
    (CAST(EXTRACT(DOY FROM thursday) AS INTEGER) + 6) / 7 AS week_of_year
  FROM dated
),

quartered AS (
  SELECT
    day_index,
    day,
    week_start,
    year,
    month_of_year,
    day_of_month,
    week_year,
    day_of_year,
    week_of_year,
    (month_of_year + 2) / 3 AS quarter_of_year
  FROM parted
)

SELECT
  day,
  TO_CHAR(day, 'YYYY-MM-DD') AS day_text,
  CAST(10000 * year + 100 * month_of_year + day_of_month AS INTEGER) AS date_key,
  CAST(year AS SMALLINT) AS year,
  CAST(year AS VARCHAR(4)) || '-Q' || CAST(quarter_of_year AS VARCHAR(1)) AS quarter,
  TO_CHAR(day, 'YYYY-MM') AS month,
  CAST(week_year AS VARCHAR(4)) || '-W' || LPAD(CAST(week_of_year AS VARCHAR(2)), 2, '0') AS week,
  CAST(day_index % 7 + 1 AS SMALLINT) AS weekday,
  CAST(month_of_year AS SMALLINT) AS month_of_year,
  CAST(day_of_month AS SMALLINT) AS day_of_month,
  CAST(week_year AS SMALLINT) AS week_year,
  CAST(week_of_year AS SMALLINT) AS week_of_year,
  day - CAST(day_of_year - 1 AS INTEGER) AS year_start,
  CAST(CAST(year AS VARCHAR(4)) || '-' || LPAD(CAST(3 * quarter_of_year - 2 AS VARCHAR(2)), 2, '0') || '-01' AS DATE)
    AS quarter_start,
  day - CAST(day_of_month - 1 AS INTEGER) AS month_start,
  week_start,
  CAST(12 * (year - 1900) + month_of_year - 1 AS INTEGER) AS month_index,
  CAST(day_index AS INTEGER) AS day_index
FROM quartered
WHERE NOT EXISTS (SELECT 1 FROM mart.calendar);
