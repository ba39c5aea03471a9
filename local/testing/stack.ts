/** The whole stack in this process, for tests that set its clocks. */
export { systemClock } from '../clock.ts';
export { objectWriter } from '../consumers.ts';
export { DataDirectory } from '../data-directory.ts';
export { startEarlyServices, startStack } from '../stack.ts';
export type { RunningStack } from '../stack.ts';
export { START_HELP, startOptions } from '../start-options.ts';
export { readAssembly } from '../template/assembly.ts';
