import { errorLine, exitCodeOf, UsageError } from '@tillgraph/local-aws';
import type { Aws } from './aws.ts';
import { isChecked, type CheckedClaim, type Claim, type Places, type Seen } from './claim.ts';
import { claims as allClaims } from './claims.ts';
import { cleanUp } from './cleaning.ts';
import type { Journal, Made } from './journal.ts';
import { confirmOptions, HELP } from './options.ts';
import { withoutAccount, type Result, type Results } from './results.ts';
import { priceOf, steps, type Step } from './steps.ts';

const EXIT = { done: 0, failed: 1, differs: 2, interrupted: 130 } as const;

/** Where the results are kept. */
export interface ResultStore {
  read(this: void): Results;
  /** Also makes the page anew. */
  write(this: void, results: Results): void;
}

/** What the command works with. */
export interface ConfirmPorts {
  print(this: void, text: string): void;
  readonly screen: { readonly isTTY: boolean; readonly columns: number; write(this: void, text: string): void };
  /** Ask a person; undefined where there is none to ask. */
  readonly ask?: (question: string) => Promise<boolean>;
  readonly interrupt: AbortSignal;
  now(this: void): Date;
  wait(this: void, milliseconds: number): Promise<void>;
  /** @throws an error when no region is set */
  region(this: void): Promise<string>;
  aws(this: void, region: string): Aws;
  readonly places: { readonly [Step in keyof Places]: (given: PlaceGiven) => Promise<Places[Step]> };
  readonly results: ResultStore;
  readonly journal: Journal;
  /** Twelve digits that no other run has, in hexadecimal. */
  newRun(this: void): string;
  /** Default: all. */
  readonly claims?: readonly Claim[];
}

/** What each place is made of. */
export interface PlaceGiven {
  readonly aws: Aws;
  readonly region: string;
  readonly journal: Journal;
  /** What it makes: written down before it is made. */
  readonly made: Omit<Made, 'kind'>;
  progress(this: void, done: number, all: number): void;
  /** Something else is done from now on: for a line that stays. */
  phase(this: void, text: string): void;
  /** What is done just now: for a line that the next one replaces. */
  detail(this: void, text: string): void;
}

/** Run the command. @returns the exit code */
export async function confirmCommand(args: readonly string[], ports: ConfirmPorts): Promise<number> {
  try {
    const asked = confirmOptions(args);
    switch (asked.what) {
      case 'help':
        ports.print(HELP);
        return EXIT.done;
      case 'list':
        ports.print(listed(ports.claims ?? allClaims, ports.results.read()));
        return EXIT.done;
      case 'clean':
        return await runClean(asked.yes, ports);
      case 'step':
        return await runStep(asked.step, claimsOf(asked.step, asked.only, ports.claims ?? allClaims), asked.yes, ports);
    }
  } catch (error) {
    ports.screen.write(`${errorLine(error)}\n`);
    return ports.interrupt.aborted ? EXIT.interrupted : exitCodeOf(error);
  }
}

const oneLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');

const checkedBy = (name: string, claims: readonly Claim[]) => claims.filter(isChecked).filter(({ step }) => step === name);

/** @throws UsageError */
function claimsOf({ name }: Step, only: readonly string[], claims: readonly Claim[]): readonly CheckedClaim[] {
  const own = checkedBy(name, claims);
  for (const id of only)
    if (!own.some((claim) => claim.id === id))
      throw new UsageError(`step ${name} settles no claim "${id}": confirm -- list names them`);
  return only.length === 0 ? own : own.filter(({ id }) => only.includes(id));
}

async function runStep(step: Step, claims: readonly CheckedClaim[], yes: boolean, ports: ConfirmPorts): Promise<number> {
  const { print, screen } = ports;
  const region = await ports.region();
  const aws = ports.aws(region);
  const { Account: account = '' } = await aws('sts:GetCallerIdentity', {});
  if (step.makes) await checkIsFree(aws, ports.journal);
  print(`${step.name}: ${step.does}\n${String(claims.length)} claims, ${priceOf(step)}; account ${account}, ${region}\n`);
  if (!yes && !(await isAgreed(ports))) return EXIT.failed;

  const draw = (text: string) => {
    if (screen.isTTY) screen.write(`\r${text.slice(0, screen.columns - 1)}\u001b[K`);
  };
  const given = {
    ...{ aws, region, journal: ports.journal },
    made: { name: `tillgraph-confirm-${ports.newRun()}-${step.name}`, region, account },
  };
  try {
    return await runChecks({ step, claims }, given, draw, ports);
  } finally {
    draw('');
    if (step.makes) await cleanUpRun(account, ports);
  }
}

async function runChecks(
  { step, claims }: { readonly step: Step; readonly claims: readonly CheckedClaim[] },
  given: Omit<PlaceGiven, 'progress' | 'phase' | 'detail'>,
  draw: (text: string) => void,
  { print, interrupt, results, places, now }: ConfirmPorts,
): Promise<number> {
  const { region } = given;
  let current = '';
  const place = await places[step.name]({
    ...given,
    progress: (done, all) => draw(`${current} … ${String(done)} of ${String(all)}`),
    detail: (text) => draw(`${current} … ${text}`),
    phase(text) {
      draw('');
      print(`${current}: ${text}\n`);
    },
  });
  const isOver = () => interrupt.aborted;
  let good = 0;
  for (const [index, claim] of claims.entries()) {
    if (isOver()) break;
    current = `[${String(index + 1)}/${String(claims.length)}] ${claim.id}`;
    draw(current);
    const result = await resultOf(claim, place, region, now());
    if (isOver()) break;
    results.write({ ...results.read(), [claim.id]: result });
    draw('');
    print(`${current}: ${result.outcome}. ${result.seen}\n`);
    if (result.outcome === 'holds') good += 1;
  }
  draw('');
  print(`${String(good)} of ${String(claims.length)} claims hold; see docs/confirmed.md\n`);
  if (isOver()) return EXIT.interrupted;
  return good === claims.length ? EXIT.done : EXIT.differs;
}

/** The account or the region is not free for a step that makes things. */
export class NotFreeError extends Error {
  override readonly name = 'NotFreeError';
  readonly code = 'NOT_FREE';
}

const PROD = 'Tillgraph-prod';

/** @throws NotFreeError */
async function checkIsFree(aws: Aws, journal: Journal): Promise<void> {
  const left = journal.left();
  if (left.length > 0) {
    const names = left.map(({ name }) => name).join(', ');
    throw new NotFreeError(`an earlier run has left ${names}: remove it with npm run confirm -- clean`);
  }
  try {
    const { Stacks = [] } = await aws('cloudformation:DescribeStacks', { StackName: PROD });
    if (Stacks.length === 0) return;
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) return;
    throw error;
  }
  throw new NotFreeError(`${PROD} stands in this account and region: sign in to an account without it, or set another region`);
}

/** Remove what was made; who is left says so, and ends the command. @throws NotFreeError */
async function cleanUpRun(account: string, { journal, aws, print, wait }: ConfirmPorts): Promise<void> {
  const { removed, left } = await cleanUp(journal, account, aws, wait);
  for (const { kind, name } of removed) print(`removed ${kind} ${name}\n`);
  if (left.length === 0) return;
  const names = left.map(({ made, reason }) => `${made.kind} ${made.name} in ${made.region} (${reason})`).join('; ');
  throw new NotFreeError(`still there: ${names}; try again with npm run confirm -- clean`);
}

async function runClean(yes: boolean, ports: ConfirmPorts): Promise<number> {
  const left = ports.journal.left();
  if (left.length === 0) {
    ports.print('nothing is left of earlier runs\n');
    return EXIT.done;
  }
  ports.print(`left of earlier runs:\n${left.map(({ kind, name, region }) => `  ${kind} ${name} in ${region}\n`).join('')}`);
  if (!yes && !(await isAgreed(ports))) return EXIT.failed;
  const { Account: account = '' } = await ports.aws(left[0]?.region ?? (await ports.region()))('sts:GetCallerIdentity', {});
  await cleanUpRun(account, ports);
  return EXIT.done;
}

async function isAgreed({ ask, screen }: ConfirmPorts): Promise<boolean> {
  if (ask === undefined) throw new UsageError('nobody is there to be asked: give --yes when it may begin');
  if (await ask('Begin? [y/N] ')) return true;
  screen.write('nothing was done\n');
  return false;
}

async function resultOf(claim: CheckedClaim, place: Places[keyof Places], region: string, now: Date): Promise<Result> {
  const when = now.toISOString().slice(0, 10);
  const of = (outcome: Result['outcome'], seen: string): Result => ({ outcome, seen: withoutAccount(seen), when, region });
  try {
    const { holds, seen } = await (claim.check as (place: unknown) => Promise<Seen>)(place);
    return of(holds ? 'holds' : 'differs', seen);
  } catch (error) {
    return of('unsettled', `The check itself failed: ${error instanceof Error ? `${error.name}: ` : ''}${oneLine(error)}`);
  }
}

function listed(claims: readonly Claim[], results: Results): string {
  const said = ({ id }: Claim) => `  ${id.padEnd(44)} ${results[id]?.outcome ?? 'not looked at yet'}\n`;
  const ofSteps = steps.map((step) => {
    const own = checkedBy(step.name, claims);
    return `${step.name}: ${step.does}; ${priceOf(step)}\n${own.map(said).join('')}`;
  });
  const seen = claims.filter((claim) => !isChecked(claim));
  return [...ofSteps, ...(seen.length === 0 ? [] : [`to be seen by a person\n${seen.map(said).join('')}`])].join('\n');
}
