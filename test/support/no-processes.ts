import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/** A test of `npm run test:unit` wanted to start a process. */
class ProcessInUnitTestError extends Error {
  override readonly name = 'ProcessInUnitTestError';
  readonly code = 'PROCESS_IN_UNIT_TEST';

  constructor(readonly command: string) {
    super(`a unit test starts no process, so import node:child_process in the test file or what it imports: got "${command}"`);
  }
}

// The bundler's service is the one process that a unit test may have: a package starts it, and it serves nobody else.
const { spawn } = childProcess;
const isBundler = (command: string): boolean => /[\\/]esbuild(?:\.exe)?$/.test(command);

const refuse = (command: string): never => {
  throw new ProcessInUnitTestError(command);
};

Object.assign(childProcess, {
  spawn: (command: string, ...rest: never[]) => (isBundler(command) ? spawn(command, ...rest) : refuse(command)),
  spawnSync: refuse,
  exec: refuse,
  execSync: refuse,
  execFile: refuse,
  execFileSync: refuse,
  fork: refuse,
});
syncBuiltinESMExports();
