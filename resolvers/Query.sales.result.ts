/** Fetches the statement's rows. */
export { request, response } from './shared/result-step.ts';
