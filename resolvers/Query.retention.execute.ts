/** Sends the statement to the warehouse. */
export { request, response } from './shared/execute-step.ts';
