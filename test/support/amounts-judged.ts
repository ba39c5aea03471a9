import table from './amounts-judged.json' with { type: 'json' };

/** A line's pieces and their price, as texts. */
export interface JudgedAmount {
  readonly quantity: string;
  readonly unitPrice: string;
  readonly accepted: boolean;
}

/** About the largest amounts that a line may have. Python reads the same table. */
export const AMOUNTS_JUDGED: readonly JudgedAmount[] = table.amounts.map(([quantity, unitPrice, accepted]) => ({
  quantity: quantity as string,
  unitPrice: unitPrice as string,
  accepted: accepted as boolean,
}));
