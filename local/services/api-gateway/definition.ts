/** An HTTP API (API Gateway v2) with Lambda proxy integrations, payload format 2.0. */
export interface HttpApiDefinition {
  readonly logicalId: string;
  readonly apiId: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly cors?: CorsDefinition;
  readonly throttle?: { readonly ratePerSecond: number; readonly burst: number };
  readonly routes: readonly RouteDefinition[];
}

export interface RouteDefinition {
  /** Such as `POST /transactions`, `ANY /{proxy+}` or `$default`. */
  readonly key: string;
  readonly functionArn: string;
  readonly authorization: 'NONE' | 'AWS_IAM';
  /** 50 to 30,000. @unit ms */
  readonly timeoutMilliseconds: number;
}

export interface CorsDefinition {
  readonly allowCredentials: boolean;
  readonly allowHeaders: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}
