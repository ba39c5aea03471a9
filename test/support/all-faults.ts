import { faultsThatNeverStruck, setFaults } from './faults.ts';
import type { Stack } from './stack.ts';

/** Rules by the name of a service's endpoint. */
type FaultRules = Readonly<Record<string, readonly object[]>>;

/** Each store fails in its ways, at a regular pace. */
export const STORE_FAULTS: FaultRules = {
  kinesis: [
    { operation: 'PutRecords', effect: 'throttle', every: 19 },
    { operation: 'PutRecords', effect: 'partial', every: 7 },
    { operation: 'PutRecords', effect: 'duplicate', every: 5 },
    { operation: 'PutRecords', effect: 'unavailable-after', every: 41 },
  ],
  dynamodb: [
    { operation: 'BatchWriteItem', effect: 'partial', every: 11 },
    { operation: 'BatchGetItem', effect: 'throttle', every: 53 },
    { operation: 'PutItem', effect: 'unavailable-after', every: 499 },
    { operation: 'BatchExecuteStatement', effect: 'partial', every: 17 },
    { operation: 'BatchExecuteStatement', effect: 'unavailable-after', every: 29 },
  ],
  s3: [{ operation: 'PutObject', effect: 'unavailable-after', every: 3 }],
};

/** Functions die wherever they are. */
export const FUNCTION_FAULTS: FaultRules = {
  lambda: [
    { operation: '*', effect: 'crash-during', every: 9, times: 60 },
    { operation: '*', effect: 'crash-after', every: 13 },
  ],
};

/** Objects and COPYs fail or come twice, and the warehouse throttles, answers too late, and loses its connections anywhere. */
export const WAREHOUSE_FAULTS: FaultRules = {
  firehose: [
    { operation: 'PutObject', effect: 'fail', every: 4 },
    { operation: 'Copy', effect: 'fail-after', every: 5 },
    { operation: 'Copy', effect: 'duplicate', every: 3 },
    { operation: 'Copy', effect: 'fail', every: 4 },
    { operation: 'Transform', effect: 'fail-after', every: 3 },
    { operation: 'Transform', effect: 'fail', every: 4 },
  ],
  'redshift-data': [
    { operation: 'BatchExecuteStatement', effect: 'crash-between', every: 5 },
    { operation: 'BatchExecuteStatement', effect: 'throttle', every: 11 },
    { operation: 'BatchExecuteStatement', effect: 'unavailable', every: 9 },
    { operation: 'BatchExecuteStatement', effect: 'unavailable-after', every: 7 },
    { operation: 'DescribeStatement', effect: 'throttle', every: 2 },
    { operation: 'GetStatementResult', effect: 'unavailable', every: 11 },
  ],
};

/** From now on calls go wrong. */
export async function setAllFaults({ outputs }: Stack, rules: FaultRules): Promise<void> {
  for (const [service, some] of Object.entries(rules)) await setFaults(outputs.endpoints[service] ?? '', some);
}

/** Nothing fails any more. @returns the faults that had never struck */
export async function clearAllFaults({ outputs }: Stack, rules: FaultRules): Promise<string[]> {
  const idle: string[] = [];
  for (const service of Object.keys(rules)) {
    const url = outputs.endpoints[service] ?? '';
    idle.push(...(await faultsThatNeverStruck(url)).map((fault) => `${service} ${fault}`));
    await setFaults(url, []);
  }
  return idle;
}
