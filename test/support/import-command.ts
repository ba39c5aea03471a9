import { importCommand } from '../../ingest/bulk/command.ts';
import { localSchedules } from '../../ingest/bulk/local-schedules.ts';
import { localStack } from '../../ingest/bulk/local-stack.ts';
import { localWarehouse } from '../../ingest/bulk/local-warehouse.ts';
import { rebuildCommand } from '../../ingest/bulk/rebuild-command.ts';
import { systemClock } from '../../ingest/replay/system-clock.ts';
import type { Stack } from './stack.ts';

/** What a command of a person did and wrote. */
export interface Commanded {
  readonly exitCode: number;
  readonly printed: string;
  /** What went to the screen meanwhile, errors among it. */
  readonly shown: string;
}

function world() {
  const written = { printed: '', shown: '' };
  const ports = {
    print: (text: string) => {
      written.printed += text;
    },
    screen: {
      isTTY: false,
      columns: 80,
      write: (text: string) => {
        written.shown += text;
      },
    },
    clock: systemClock,
  };
  return { written, ports };
}

/** `npm run import`. */
export async function runImport(stack: Stack, args: readonly string[], interrupt?: AbortSignal): Promise<Commanded> {
  const { written, ports } = world();
  const exitCode = await importCommand([...args, '--data', stack.directory], {
    ...ports,
    interrupt: interrupt ?? new AbortController().signal,
    stack: localStack,
    schedules: localSchedules,
  });
  return { exitCode, ...written };
}

/** `npm run rebuild -- warehouse`, where nobody sits who could be asked. */
export async function runRebuild(stack: Stack): Promise<Commanded> {
  const { written, ports } = world();
  const exitCode = await rebuildCommand(['warehouse', '--yes', '--data', stack.directory], {
    ...ports,
    interrupt: new AbortController().signal,
    ask: undefined,
    stack: localWarehouse,
  });
  return { exitCode, ...written };
}

/** The number beside a word of a command's table. */
export function printedCount(printed: string, word: string): number {
  const [, number] = new RegExp(`^ *${word} +([\\d,.]+)$`, 'm').exec(printed) ?? [];
  if (number === undefined) throw new Error(`the command tells no "${word}":\n${printed}`);
  return Number(number.replaceAll(',', ''));
}
