import type { Properties } from '../../template/properties.ts';
import type { StreamDefinition } from './definition.ts';

/** `AWS::Kinesis::Stream`. An on-demand stream starts with four shards, as at AWS. */
export function readStream(properties: Properties, name: string): StreamDefinition {
  properties.ignore({
    Name: 'read already',
    StreamEncryption: 'the data directory is as safe as the disk it is on',
    DesiredShardLevelMetrics: 'nothing collects metrics locally',
    Tags: 'labels for the bill',
  });
  const shardCount = properties.optionalNumber('ShardCount');
  const declared = properties.optionalObject('StreamModeDetails')?.choice('StreamMode', ['ON_DEMAND', 'PROVISIONED']);
  const mode = declared ?? (shardCount === undefined ? 'ON_DEMAND' : 'PROVISIONED');
  return {
    name,
    mode,
    shardCount: mode === 'ON_DEMAND' ? 4 : (shardCount ?? 1),
    retentionHours: properties.optionalNumber('RetentionPeriodHours') ?? 24,
  };
}
