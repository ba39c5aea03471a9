import type { FirehoseTransformationHandler } from 'aws-lambda';
import { judgeDelivery } from '../consumers/delivery-judge.ts';

export const handler: FirehoseTransformationHandler = (event) => Promise.resolve(judgeDelivery(event));
