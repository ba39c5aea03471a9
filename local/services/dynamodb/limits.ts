import { isMap, validationError } from './model.ts';

/** @source DynamoDB, "Service, account, and table quotas": 32 levels, the value within the last list or map included */
const MAX_NESTING = 31;
/** @unit bytes @source DynamoDB: a name of 65,536 bytes is refused */
const MAX_NAME_BYTES = 65_535;
/** @source DynamoDB, "Scan" */
const MAX_SEGMENTS = 1_000_000;

type Members = Readonly<Record<string, unknown>>;

const membersOf = (value: unknown): Members => (isMap(value) ? value : {});

/**
 * What dynalite does not look at in the values of a call. They may be anything still: dynalite looks at their types afterwards.
 *
 * @remarks It writes: `{"NULL": false}` is accepted as null, as DynamoDB does since June 2026.
 */
export function checkValues(input: Members): void {
  for (const member of ['Item', 'ExpressionAttributeValues']) checkMembers(membersOf(input[member]), 0);
  for (const name of Object.values(membersOf(input['ExpressionAttributeNames']))) if (typeof name === 'string') checkName(name);
  for (const [name, update] of Object.entries(membersOf(input['AttributeUpdates']))) {
    checkName(name);
    checkValue(membersOf(update)['Value'], 0);
  }
  for (const requests of Object.values(membersOf(input['RequestItems']))) {
    if (!Array.isArray(requests)) continue; // of BatchGetItem
    for (const request of requests as unknown[]) {
      const put = membersOf(membersOf(request)['PutRequest']);
      checkMembers(membersOf(put['Item']), 0);
    }
  }
}

/** What an update made of an item. @throws ServiceError */
export function checkNesting(item: Members): void {
  checkMembers(item, 0);
}

function checkMembers(members: Members, depth: number): void {
  for (const [name, value] of Object.entries(members)) {
    checkName(name);
    checkValue(value, depth);
  }
}

function checkName(name: string): void {
  // dynalite copies members by assignment, and this one would set the prototype: the attribute would be lost without a word.
  if (name === '__proto__') throw validationError('an attribute called __proto__ is not supported locally: take another name');
  if (name.length * 3 <= MAX_NAME_BYTES || Buffer.byteLength(name) <= MAX_NAME_BYTES) return;
  throw validationError('Attribute name is too large, must be less than 65536 bytes');
}

function checkValue(value: unknown, depth: number): void {
  if (!isMap(value)) return;
  const { L: list, M: map, NULL: none } = value;
  if (none === false) (value as Record<string, unknown>)['NULL'] = true;
  if (!Array.isArray(list) && !isMap(map)) return;
  if (depth >= MAX_NESTING)
    throw validationError(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
  if (Array.isArray(list)) for (const member of list) checkValue(member, depth + 1);
  if (isMap(map)) checkMembers(map, depth + 1);
}

/** Whether what a Query or Scan selects goes together. @throws ServiceError */
export function checkSelect({ Select: select, IndexName: index, ProjectionExpression, AttributesToGet }: Members): void {
  const named =
    ProjectionExpression !== undefined ? 'ProjectionExpression' : AttributesToGet === undefined ? undefined : 'AttributesToGet';
  if (select === 'SPECIFIC_ATTRIBUTES' && named === undefined)
    throw validationError('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  if (select !== undefined && select !== 'SPECIFIC_ATTRIBUTES' && named !== undefined) {
    const wanted = select === 'COUNT' ? 'only the Count' : (select as string);
    throw validationError(`Cannot specify the ${named} when choosing to get ${wanted}`);
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined)
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
}

/** dynalite takes segment 0 for none. @throws ServiceError */
export function checkSegments({ Segment: segment, TotalSegments: total }: Members): void {
  if (segment !== undefined && total === undefined)
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  for (const [name, value, most] of [
    ['segment', segment, MAX_SEGMENTS - 1],
    ['totalSegments', total, MAX_SEGMENTS],
  ] as const) {
    if (typeof value !== 'number' || value <= most) continue;
    throw validationError(
      `1 validation error detected: Value '${String(value)}' at '${name}' failed to satisfy constraint: ` +
        `Member must have value less than or equal to ${String(most)}`,
    );
  }
}
