export interface StreamDefinition {
  readonly name: string;
  readonly shardCount: number;
  readonly retentionHours: number;
  readonly mode: 'ON_DEMAND' | 'PROVISIONED';
}
