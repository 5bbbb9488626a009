import { readFile } from 'node:fs/promises';
import { table } from './table.ts';

/** `npm run licences`: the licence of every package of the lock file, as a Markdown table. */

/** A package as the lock file has it. */
export interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

export interface LicenceRow {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; empty where the package names none. */
  readonly licence: string;
  /** Whether the package and the image have parts of it; else it is a tool, or Node itself. */
  readonly ships: boolean;
  readonly isAllowed: boolean;
}

/** Licences that ask for no more than that their text comes along, which the build sees to. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]);

/** Of each package, by name, then version. */
export function licenceRows(packages: Readonly<Record<string, Locked>>): LicenceRow[] {
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license: licence = '', dev, optional }]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version,
      licence,
      ships: dev !== true && optional !== true,
      isAllowed: isAllowed(licence),
    }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** Of `A OR B` one is enough. What is written otherwise a person must read. */
function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/^\(|\)$/g, '')
    .split(' OR ')
    .some((licence) => PERMISSIVE.has(licence));
}

function licenceReport(rows: readonly LicenceRow[]): string {
  const cells = rows.map(({ name, version, licence, ships }) => [
    name,
    version,
    licence,
    ships ? 'ships' : 'tool',
  ]);
  return `${table(['Package', 'Version', 'Licence', 'For'], cells)}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function main(): Promise<void> {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  const rows = licenceRows(packages);
  process.stdout.write(licenceReport(rows));
  const others = rows.filter((row) => !row.isAllowed);
  if (others.length === 0) return;
  const names = others.map(({ name, licence }) => `${name} (${licence || 'none'})`);
  process.stderr.write(
    `not on the list of licences: ${names.join(', ')}\nread them, then use another package or add them in config/generate/licences.ts\n`,
  );
  process.exitCode = 1;
}

if (import.meta.main) await main();
