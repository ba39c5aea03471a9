import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App, type AppProps } from 'aws-cdk-lib';
import { buildDirectory } from './build.ts';
import { TillgraphStack } from './stack.ts';
import { type Stage, toStage } from './stages.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** How far ahead the API key ends, in months: AppSync takes a year at the most, and a deployment each year is not too much to ask. */
const API_KEY_MONTHS = 11;
const DAY = 86_400_000;

/** A context value cannot be used. */
export class InvalidContextError extends Error {
  override readonly name = 'InvalidContextError';
  readonly code = 'INVALID_CONTEXT';

  constructor(
    readonly key: string,
    readonly value: unknown,
    write: string,
  ) {
    super(`context "${key}": write ${write}; got ${JSON.stringify(value)}`);
  }
}

/**
 * The app, ready for synthesis. Context comes from `cdk.json` and, before it, from the CDK CLI (`-c stage=prod`).
 *
 * @throws UnknownStageError, InvalidContextError
 */
export function tillgraph({ build = buildDirectory, context, ...props }: AppProps & { readonly build?: string } = {}): App {
  // The CLI would pass cdk.json's context, feature flags and all; without the CLI the template must be the same.
  const { context: written } = JSON.parse(readFileSync(inRepository('cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const region = process.env['CDK_DEFAULT_REGION'] ?? 'us-east-1';
  const app = new App({
    analyticsReporting: false,
    stackTraces: false,
    ...props,
    context: { ...written, 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true, ...context },
  });
  const stage = ownStage(toStage(app.node.tryGetContext('stage')), app.node.tryGetContext('confirm'));
  const alarmEmail = toEmail('alarmEmail', app.node.tryGetContext('alarmEmail'));
  // Only where it is deployed, or could be: to look at the template, nobody has to be told.
  if (stage.guarded && alarmEmail === undefined && process.env['CDK_CLI_VERSION'] !== undefined)
    throw new InvalidContextError('alarmEmail', alarmEmail, `who is told of an alarm, as in -c alarmEmail=till@example.com`);
  new TillgraphStack(app, {
    stage,
    build,
    account: process.env['CDK_DEFAULT_ACCOUNT'],
    region,
    apiKeyExpires: toExpiry('apiKeyExpires', app.node.tryGetContext('apiKeyExpires')),
    alarmEmail,
    biCidrs:
      toList(
        'biCidrs',
        app.node.tryGetContext('biCidrs'),
        CIDR,
        'blocks as narrow as /16, such as 203.0.113.7/32,198.51.100.0/24',
      ) ?? [],
    zones: toZones('zones', app.node.tryGetContext('zones'), region),
    passwordsOf: toDay('passwordsOf', app.node.tryGetContext('passwordsOf')),
    warehouseCrawler: toSwitch('warehouseCrawler', app.node.tryGetContext('warehouseCrawler')),
  });
  return app;
}

/** The stage as `npm run confirm` deploys it: under a name of that run's own, beside any other of its kind. */
function ownStage(stage: Stage, run: unknown): Stage {
  if (run === undefined) return stage;
  if (typeof run === 'string' && /^[0-9a-f]{12}$/.test(run) && !stage.guarded) return { ...stage, name: `confirm-${run}-stage` };
  throw new InvalidContextError('confirm', run, 'twelve hexadecimal digits, and a stage that is not guarded');
}

/**
 * When the API key ends: at the beginning of a month eleven months from now, unless somebody says when.
 *
 * By the calendar, and not a date written down here, which would be past one day, and then no first deployment would succeed. By whole
 * months, so that the template is the same from one day to the next, and a deployment in a later month prolongs the key.
 */
function toExpiry(key: string, value: unknown): Date {
  const now = new Date();
  const inMonths = (months: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
  if (value === undefined) return inMonths(API_KEY_MONTHS);
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  const days = (date.getTime() - now.getTime()) / DAY;
  if (days >= 1 && days <= 365) return date;
  const example = inMonths(API_KEY_MONTHS).toISOString().slice(0, 10);
  throw new InvalidContextError(key, value, `a date 1 to 365 days ahead, which is what AppSync takes, such as ${example}`);
}

function toEmail(key: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[^@\s]+@[^@\s]+$/.test(value))) return value;
  throw new InvalidContextError(key, value, 'an address such as till@example.com');
}

/** A block of addresses, but none so wide that it means nobody in particular. */
const CIDR = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\/)|(?=\/))){4}\/(?:1[6-9]|2\d|3[0-2])$/;

/** A text with commas, as the CDK CLI passes it, or a list from `cdk.json`. */
function toList(key: string, value: unknown, element: RegExp, write: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list: unknown = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
  if (Array.isArray(list) && list.every((part): part is string => typeof part === 'string' && element.test(part))) return list;
  throw new InvalidContextError(key, value, write);
}

function toDay(key: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^\d{4}-\d\d-\d\d\S*$/.test(value))) return value;
  throw new InvalidContextError(key, value, 'the day on which the passwords in the secrets were changed, such as 2026-11-30');
}

/** A text, as the CDK CLI passes it, or a truth from `cdk.json`. */
function toSwitch(key: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidContextError(key, value, 'true or false');
}

function toZones(key: string, value: unknown, region: string): readonly string[] | undefined {
  const write = `two or three different availability zones of the region, such as ${region}a,${region}c`;
  const zones = toList(key, value, new RegExp(`^${region}[a-z]$`), write);
  if (zones === undefined || ([2, 3].includes(zones.length) && new Set(zones).size === zones.length)) return zones;
  throw new InvalidContextError(key, value, write);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    tillgraph({ autoSynth: false, outdir: process.env['CDK_OUTDIR'] ?? inRepository('cdk.out') }).synth();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.error(`${String(error.code)}: ${error.message}`);
    process.exitCode = 1;
  }
}
