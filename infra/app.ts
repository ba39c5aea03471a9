import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App, type AppProps } from 'aws-cdk-lib';
import { buildDirectory } from './build.ts';
import { TillgraphStack } from './stack.ts';
import { toStage } from './stages.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** When API keys end unless context `apiKeyExpires` says otherwise. Fixed, so that two syntheses are the same. */
const API_KEY_EXPIRES = '2027-10-01T00:00:00Z';

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
  const app = new App({
    analyticsReporting: false,
    stackTraces: false,
    ...props,
    context: { ...written, 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true, ...context },
  });
  new TillgraphStack(app, {
    stage: toStage(app.node.tryGetContext('stage')),
    build,
    account: process.env['CDK_DEFAULT_ACCOUNT'],
    region: process.env['CDK_DEFAULT_REGION'] ?? 'us-east-1',
    apiKeyExpires: toDate('apiKeyExpires', app.node.tryGetContext('apiKeyExpires') ?? API_KEY_EXPIRES),
    alarmEmail: toEmail('alarmEmail', app.node.tryGetContext('alarmEmail')),
  });
  return app;
}

function toDate(key: string, value: unknown): Date {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) throw new InvalidContextError(key, value, 'a date such as 2027-10-01');
  return date;
}

function toEmail(key: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[^@\s]+@[^@\s]+$/.test(value))) return value;
  throw new InvalidContextError(key, value, 'an address such as till@example.com');
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
