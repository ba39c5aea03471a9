-- All rights there are. What is not said here, nobody has: neither PUBLIC nor a role of its own.

REVOKE ALL ON SCHEMA public FROM PUBLIC;

REVOKE TEMP ON DATABASE tillgraph FROM PUBLIC;

REVOKE ALL ON SCHEMA intake FROM PUBLIC;

REVOKE ALL ON SCHEMA mart FROM PUBLIC;

REVOKE ALL ON SCHEMA bi FROM PUBLIC;

-- Firehose, and whatever else COPYs.
GRANT USAGE ON SCHEMA intake TO ROLE landing_writer;

GRANT INSERT ON TABLE intake.landing TO ROLE landing_writer;

-- The load and the refresh.
GRANT TEMP ON DATABASE tillgraph TO ROLE etl;

GRANT USAGE ON SCHEMA intake TO ROLE etl;

GRANT USAGE ON SCHEMA mart TO ROLE etl;

GRANT SELECT, INSERT, DELETE ON TABLE intake.landing TO ROLE etl;

GRANT SELECT, INSERT, UPDATE ON TABLE intake.reject TO ROLE etl;

GRANT SELECT ON TABLE intake.line_rule TO ROLE etl;

GRANT SELECT, INSERT ON TABLE intake.load_audit TO ROLE etl;

GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE intake.mutex TO ROLE etl;

GRANT SELECT ON ALL TABLES IN SCHEMA mart TO ROLE etl;

GRANT INSERT, UPDATE ON TABLE mart.sales_line TO ROLE etl;

GRANT INSERT, DELETE ON TABLE mart.fact_invoice TO ROLE etl;

GRANT INSERT, DELETE ON TABLE mart.agg_sales TO ROLE etl;

GRANT INSERT, DELETE ON TABLE mart.agg_product_pair TO ROLE etl;

GRANT INSERT, UPDATE ON TABLE mart.dim_product TO ROLE etl;

GRANT INSERT ON TABLE mart.dim_customer TO ROLE etl;

GRANT INSERT ON TABLE mart.dim_country TO ROLE etl;

GRANT UPDATE ON TABLE mart.freshness TO ROLE etl;

-- The GraphQL API.
GRANT USAGE ON SCHEMA mart TO ROLE api_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA mart TO ROLE api_reader;

-- People and their tools.
GRANT USAGE ON SCHEMA bi TO ROLE bi_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA bi TO ROLE bi_reader;
