import { S3Client } from '@aws-sdk/client-s3';
import type { KinesisStreamHandler } from 'aws-lambda';
import { rawWriter } from '../consumers/raw-writer.ts';
import { deadlineOf } from './deadline.ts';
import { requireVariable } from './environment.ts';
import { s3ObjectStore } from './s3-object-store.ts';

const write = rawWriter(s3ObjectStore(new S3Client({}), requireVariable('BUCKET_NAME')));

export const handler: KinesisStreamHandler = (event, context) => write(event, deadlineOf(context));
