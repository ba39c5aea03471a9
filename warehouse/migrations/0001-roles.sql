-- Who may do what is said per role; users are made by the migrator and get one role each. No user may have a role's name.
-- Redshift knows no CREATE ROLE IF NOT EXISTS. Roles belong to the namespace, so a second database of it has them already.

CREATE ROLE landing_writer;

CREATE ROLE etl;

CREATE ROLE api_reader;

CREATE ROLE bi_reader;
