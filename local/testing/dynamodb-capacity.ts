/** How DynamoDB counts the bytes of an item. */
export { itemBytes } from '../services/dynamodb/capacity.ts';
