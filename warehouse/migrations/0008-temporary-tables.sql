-- A plan may keep a part of a question in a temporary table of the database's own, and no document says whether the one who asks needs the
-- right to make one. So readers have it: such a table is its session's alone, and goes with it.

GRANT TEMP ON DATABASE tillgraph TO ROLE api_reader;

GRANT TEMP ON DATABASE tillgraph TO ROLE bi_reader;
