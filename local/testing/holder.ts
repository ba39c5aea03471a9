import { DataDirectory } from '../data-directory.ts';

/** Opens the data directory of its first argument, says so, and stays until it is killed. */
const directory = await DataDirectory.open(process.argv[2] ?? '');
console.log(directory.credentials.accessKeyId);
setInterval(() => undefined, 1_000);
