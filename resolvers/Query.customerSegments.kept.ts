/** Looks the answer up where fixed questions' answers are kept. */
export { request, response } from './shared/kept-answer-step.ts';
