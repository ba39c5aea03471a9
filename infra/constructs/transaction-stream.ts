import { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** The one road on which a transaction enters the system. */
export class TransactionStream extends Construct {
  readonly stream: IStream;

  /** How long a transaction waits for a consumer; past it, it is in no store. The least Kinesis offers, and free of charge. */
  static readonly retention = Duration.hours(24);

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.stream = new Stream(this, 'Stream', {
      ...(stage.capacity === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: stage.capacity }),
      retentionPeriod: TransactionStream.retention,
      encryption: StreamEncryption.MANAGED,
      removalPolicy: stage.removal,
    });
  }

  /** Let `writer` append transactions, and nothing else. */
  grantAppend(writer: IGrantable): void {
    this.stream.grant(writer, 'kinesis:PutRecords');
  }

  /** Let `reader` be a consumer behind an event source mapping. */
  grantConsume(reader: IGrantable): void {
    // What Lambda's poller calls; without SubscribeToShard, which only enhanced fan-out needs.
    this.grantRead(reader);
    this.stream.grant(reader, 'kinesis:DescribeStreamSummary');
  }

  /** Let `reader` read every shard, as Firehose does. */
  grantRead(reader: IGrantable): void {
    this.stream.grant(reader, 'kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards');
  }
}
