import { differsInWords, type Judgement } from './judges.ts';

/** Where the stand-in's expressions and moto's differ. */
export const EXPRESSION_JUDGEMENTS: readonly Judgement[] = [
  {
    name: 'the words of a refusal',
    right: 'open',
    because: 'the same error by name; ours are those of dynalite, which are measured against DynamoDB',
    is: differsInWords,
  },
];
