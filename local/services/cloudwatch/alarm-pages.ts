import type { LoopbackServer } from '../../http/loopback-server.ts';
import { startLoopbackServer } from '../../http/loopback-server.ts';
import type { Alarms, AlarmDescription } from './alarms.ts';

const PAGE = '/_alarms';

/** How alarms stand, for people: `GET /_alarms`. AWS shows it in its console, so it is a page without a signature. */
export function startAlarmPages(alarms: Pick<Alarms, 'list'>): Promise<LoopbackServer> {
  return startLoopbackServer({ port: 0 }, (request, response) => {
    const isAsked = request.method === 'GET' && request.url === PAGE;
    const page = isAsked
      ? alarms.list().map(toPage)
      : { message: `${String(request.method)} ${String(request.url)} is not supported locally: monitoring knows GET ${PAGE}` };
    response.writeHead(isAsked ? 200 : 404, { 'content-type': 'application/json' }).end(`${JSON.stringify(page)}\n`);
    return Promise.resolve();
  });
}

/** A description says how bad it is at its beginning and what to do at its end, as mails show nothing else: `critical: … Runbook: …`. */
function toPage({ name, state, since, reason, description }: AlarmDescription): object {
  const [, severity = null, meaning = description, runbook = null] =
    /^(?:(\w+): )?(.*?)(?:\. Runbook: (\S+))?$/s.exec(description) ?? [];
  return { name, severity, state, since, reason, meaning, runbook };
}
