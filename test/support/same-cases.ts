import fc from 'fast-check';

/** Properties try the same cases in every run; `FAST_CHECK_SEED=7 npm test` tries others, and `FAST_CHECK_SEED=any` new ones each time. */
const seed = process.env['FAST_CHECK_SEED'] ?? '541909';

if (seed !== 'any') fc.configureGlobal({ seed: Number(seed) });
