-- Bulk imports: which were copied, and what became of the lines of each.

-- One row per manifest that was copied into the landing table, written by the transaction that copied it: none is copied twice.
CREATE TABLE IF NOT EXISTS intake.import (
  manifest VARCHAR(1024) NOT NULL,
  copied_at TIMESTAMP NOT NULL
)
DISTSTYLE ALL;

-- One row per load and import that had lines in it: lines_in = rejected + repeated + new + changed + unchanged.
CREATE TABLE IF NOT EXISTS intake.load_source (
  load_id BIGINT NOT NULL,
  -- As in the landing table: the key of the import's manifest.
  source VARCHAR(1024) NOT NULL,
  lines_in BIGINT NOT NULL,
  lines_rejected BIGINT NOT NULL,
  -- Further copies of a line in the same load, of whatever source.
  lines_repeated BIGINT NOT NULL,
  lines_new BIGINT NOT NULL,
  lines_changed BIGINT NOT NULL,
  -- There already with the same content, or in a later version.
  lines_unchanged BIGINT NOT NULL
)
DISTSTYLE ALL;

GRANT SELECT, INSERT ON TABLE intake.import TO ROLE etl;

GRANT SELECT, INSERT ON TABLE intake.load_source TO ROLE etl;

-- A rebuild empties what loads have filled. Products, customers and countries keep their numbers.
GRANT DELETE ON TABLE mart.sales_line TO ROLE etl;
