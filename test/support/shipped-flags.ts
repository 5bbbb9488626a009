import { readFileSync } from 'node:fs';

/** What `npm start` gives Node, so that what is measured is what is shipped. */
export function shippedFlags(): string[] {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
