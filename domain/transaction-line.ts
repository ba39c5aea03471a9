// One line of an invoice as it travels the stream: its fields are in line-fields.ts.
export type { TransactionLine } from './generated/line.ts';
