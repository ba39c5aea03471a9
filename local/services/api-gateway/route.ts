import type { RouteDefinition } from './definition.ts';

/** A route and what its path variables caught. */
export interface MatchedRoute {
  readonly route: RouteDefinition;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: RouteDefinition;
  readonly method: string;
  readonly segments: readonly string[];
}

/**
 * Finds the route of a request.
 *
 * @source API Gateway developer guide, "Create routes for HTTP APIs": a full match of method and path wins, then a method with a greedy
 * variable (`{proxy+}`), then `$default`; a literal segment wins over a variable, a method over ANY
 */
export class Routes {
  private readonly patterns: readonly Pattern[];
  private readonly fallback: RouteDefinition | undefined;

  constructor(routes: readonly RouteDefinition[]) {
    this.fallback = routes.find(({ key }) => key === '$default');
    this.patterns = routes
      .filter(({ key }) => key !== '$default')
      .map((route) => {
        const [method = '', path = ''] = route.key.split(' ');
        return { route, method, segments: path.split('/').slice(1) };
      })
      .sort((one, other) => rank(other) - rank(one));
  }

  match(method: string, path: string): MatchedRoute | undefined {
    const segments = path.split('/').slice(1);
    for (const pattern of this.patterns) {
      if (pattern.method !== 'ANY' && pattern.method !== method) continue;
      const pathParameters = variables(pattern.segments, segments);
      if (pathParameters !== undefined) return { route: pattern.route, pathParameters };
    }
    return this.fallback && { route: this.fallback, pathParameters: {} };
  }
}

/** More certain patterns rank higher; the earlier a segment, the more it counts. */
function rank({ method, segments }: Pattern): number {
  const weight = (segment: string): number => (segment.endsWith('+}') ? 0 : segment.startsWith('{') ? 1 : 2);
  const path = segments.reduce((sum, segment, index) => sum + weight(segment) / 3 ** (index + 1), 0);
  return path + (method === 'ANY' ? 0 : 1e-9);
}

function variables(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const caught: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const name = /^\{([^+}]+)(\+?)\}$/.exec(expected);
    if (name?.[2] === '+') {
      const rest = segments.slice(index).join('/');
      return rest === '' ? undefined : { ...caught, [name[1] ?? '']: decode(rest) };
    }
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (name) caught[name[1] ?? ''] = decode(segment);
    else if (segment !== expected) return undefined;
  }
  return segments.length === pattern.length ? caught : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
