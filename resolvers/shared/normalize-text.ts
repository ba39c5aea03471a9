import { util } from '@aws-appsync/utils';
import { PLAIN } from '../../domain/line-rules.ts';

/** The text in Unicode's normalization form C, so that one name written in two ways is one name. */
export const normalizeText = (text: string): string => (util.matches(PLAIN, text) ? text : util.str.normalize(text, 'nfc'));
