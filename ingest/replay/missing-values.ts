/**
 * What programs write into a CSV for a value that is not there.
 *
 * @source pandas, DataFrame.to_csv and its list of `na_values`; R, write.csv; SQL clients; spreadsheets
 */
const MISSING = /^(?:-?nan|null|none|n\/?a|<na>|#n\/a)$/i;

/** Whether the text, without blanks around it, stands for no value. */
export const isMissing = (text: string): boolean => text.length < 6 && MISSING.test(text);
