import { hash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Inputs that once failed, one a file: they are tried again by the tests for ever. */

const FOLDER = fileURLToPath(new URL('./found/', import.meta.url));

export interface Found {
  readonly target: string;
  /** What was wrong, in the words of the check. */
  readonly failure: string;
  readonly input: Buffer;
}

interface Stored {
  readonly target: string;
  readonly failure: string;
  /** Where it is UTF-8. */
  readonly text?: string;
  readonly base64?: string;
}

export function readFound(): (Found & { readonly file: string })[] {
  return globSync('*.json', { cwd: FOLDER })
    .sort()
    .map((file) => {
      const { text, base64, ...rest } = JSON.parse(
        readFileSync(join(FOLDER, file), 'utf8'),
      ) as Stored;
      const input = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text);
      return { file, ...rest, input };
    });
}

/** The name of the file it is in now. */
export function writeFound({ target, failure, input }: Found): string {
  const content = isUtf8(input) ? { text: input.toString() } : { base64: input.toString('base64') };
  const file = `${target}-${hash('sha256', input, 'hex').slice(0, 8)}.json`;
  const stored: Stored = { target, failure, ...content };
  writeFileSync(join(FOLDER, file), `${JSON.stringify(stored, undefined, 2)}\n`);
  return file;
}
