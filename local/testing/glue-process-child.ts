import { startJobProcess } from '../services/glue/job-process.ts';

// A process that can be killed: it starts the shell script of its first argument as a job's program, and says which process that is.
const [, , script = '', logPath = ''] = process.argv;
const { identity } = startJobProcess('/bin/sh', ['-c', script], { environment: process.env, directory: '/', logPath });
process.send?.(identity);
process.on('message', () => undefined);
