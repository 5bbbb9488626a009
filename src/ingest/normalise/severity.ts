import type { Priority } from '../../alert.ts';
import { readPriority } from './priority.ts';

/** What other tools call the same, with the words of syslog and of vulnerability scanners. */
const OTHER_NAMES: ReadonlyMap<string, Priority> = new Map([
  ['emerg', 'emergency'],
  ['panic', 'emergency'],
  ['crit', 'critical'],
  ['err', 'error'],
  ['high', 'error'],
  ['warn', 'warning'],
  ['medium', 'warning'],
  ['low', 'notice'],
  ['information', 'informational'],
]);

/** The priority that a severity of another tool is, in any case; undefined for what is no name. */
export function severityPriority(value: unknown): Priority | undefined {
  if (typeof value !== 'string') return undefined;
  return readPriority(value) ?? OTHER_NAMES.get(value.toLowerCase());
}
