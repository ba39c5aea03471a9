import { processTerminal } from './terminal.ts';
import { sqlCommand } from './sql-command.ts';

process.exitCode = await sqlCommand(process.argv.slice(2), processTerminal());
