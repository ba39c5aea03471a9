/** The reader of Redshift's SQL, for tests of statements that need no database. */
export { readStatement } from '../services/redshift/dialect.ts';
export { parameterNames } from '../services/redshift/service.ts';
export { tokenize } from '../services/redshift/sql-lexer.ts';
