/**
 * How many histories a property tries: `HISTORIES=10000 npx vitest run test/histories` tries ten thousand of each, `FAST_CHECK_SEED=any`
 * other ones than before. A failure prints its seed, and `FAST_CHECK_SEED=<seed>` tries the same again.
 */
export const runs = (usual: number): number => Number(process.env['HISTORIES'] ?? usual);
