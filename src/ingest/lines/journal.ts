import { parseObject, streamOf, type UnwrappedLine, writtenAt } from './line.ts';

/** Only such lines are worth parsing: an alert has its quotes escaped wherever an attacker wrote. */
const MARKS = ['"MESSAGE":', '"__REALTIME_TIMESTAMP":'] as const;

/**
 * `journalctl -o json`: one entry a line. A text that is no clean UTF-8 comes as a list of bytes, and
 * one that is too large as null. Docker's journald driver says where it has cut a line.
 */
export function unwrapJournal(line: string): UnwrappedLine | undefined {
  if (!MARKS.every((mark) => line.includes(mark))) return undefined;
  const entry = parseObject(line);
  const at = entry?.['__REALTIME_TIMESTAMP'];
  if (entry === undefined || typeof at !== 'string' || entry['rule'] !== undefined) {
    return undefined;
  }
  const { MESSAGE: message, _HOSTNAME: hostname, CONTAINER_ID_FULL: container } = entry;
  return {
    text: textOf(message),
    isPart: entry['CONTAINER_PARTIAL_MESSAGE'] === 'true',
    stream: typeof container === 'string' ? streamOf(container) : '',
    hostname: typeof hostname === 'string' ? hostname.slice(0, HOSTNAME_LENGTH_MAX) : '',
    ...writtenAt(/^\d{1,17}$/.test(at) ? Number(at.slice(0, -3)) : Number.NaN),
  };
}

/** A line that waits for its end keeps it. */
const HOSTNAME_LENGTH_MAX = 253;

function textOf(message: unknown): string {
  if (!Array.isArray(message)) return oneText(message);
  // A field that was given twice is a list of its values; the first one counts.
  const [first] = message as unknown[];
  return typeof first === 'number' ? oneText(message) : oneText(first);
}

/** Lists go no deeper in a journal: whatever else a line holds must not be followed down. */
function oneText(value: unknown): string {
  if (typeof value === 'string') return value;
  const isBytes = Array.isArray(value) && typeof value[0] === 'number';
  return isBytes ? Buffer.from(value as number[]).toString() : '';
}
