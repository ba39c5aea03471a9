-- Schema rebuild: a rebuild fills these tables while people go on reading those of mart, and at its end they take their place in one
-- transaction. They are empty otherwise.

CREATE SCHEMA IF NOT EXISTS rebuild;

CREATE TABLE IF NOT EXISTS rebuild.sales_line (LIKE mart.sales_line);

CREATE TABLE IF NOT EXISTS rebuild.fact_invoice (LIKE mart.fact_invoice);

CREATE TABLE IF NOT EXISTS rebuild.agg_sales (LIKE mart.agg_sales);

REVOKE ALL ON SCHEMA rebuild FROM PUBLIC;

GRANT USAGE ON SCHEMA rebuild TO ROLE etl;

GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE rebuild.sales_line TO ROLE etl;

GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE rebuild.fact_invoice TO ROLE etl;

GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE rebuild.agg_sales TO ROLE etl;
