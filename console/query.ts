import { queryCommand } from './query-command.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await queryCommand(process.argv.slice(2), processTerminal());
