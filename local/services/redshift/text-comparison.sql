-- Blanks at the end make no difference when texts are compared, also in GROUP BY, DISTINCT and joins: text is compared by the functions
-- that PostgreSQL compares CHAR with. Both kinds are stored alike, and it costs the same. (LIKE looks at every blank.)
-- https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
SET LOCAL allow_system_table_mods = on;

UPDATE pg_operator SET oprcode = new.function::regproc
FROM (VALUES ('=', 'bpchareq'), ('<>', 'bpcharne'), ('<', 'bpcharlt'), ('<=', 'bpcharle'), ('>', 'bpchargt'), ('>=', 'bpcharge'))
  AS new (operator, function)
WHERE oprname = new.operator AND oprnamespace = 'pg_catalog'::regnamespace AND oprleft = 'text'::regtype AND oprright = 'text'::regtype;

UPDATE pg_amproc SET amproc = new.function::regproc
FROM (VALUES ('bttextcmp', 'bpcharcmp'), ('bttextsortsupport', 'bpchar_sortsupport'), ('hashtext', 'hashbpchar'),
  ('hashtextextended', 'hashbpcharextended')) AS new (old, function), pg_opfamily AS family
WHERE family.oid = amprocfamily AND family.opfname = 'text_ops' AND amproc = new.old::regproc AND amproclefttype = 'text'::regtype
  AND amprocrighttype = 'text'::regtype;

-- Texts that are equal need not be the same any more, so an index keeps each of them.
DELETE FROM pg_amproc USING pg_opfamily AS family
WHERE family.oid = amprocfamily AND family.opfname = 'text_ops' AND amproc = 'btvarstrequalimage'::regproc
  AND amproclefttype = 'text'::regtype;

SET LOCAL allow_system_table_mods = off;
