import { readdirSync, readFileSync } from 'node:fs';
import type { SqlFile } from '../warehouse/migrations.ts';

/** All SQL files of a folder that was deployed beside the bundle, in the order of their names. @param folder - such as `load` */
export function sqlFiles(folder: 'migrations' | 'load' | 'load-errors' | 'refresh'): SqlFile[] {
  const place = new URL(`./warehouse/${folder}/`, import.meta.url);
  return readdirSync(place)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, text: readFileSync(new URL(name, place), 'utf8') }));
}
