import { PRIORITIES, type Priority, priorityTitle } from '../../src/alert.ts';

/** Alerts by number: whoever knows the number knows every digit that must arrive. */

export interface NumberedAlert {
  readonly number: number;
  readonly uuid: string;
  /** As an agent posts it. */
  readonly json: string;
}

export interface AlertOptions {
  readonly priority?: Priority;
  /** Makes the alert larger. */
  readonly padding?: string;
}

export function numberedAlert(
  number: number,
  { priority = 'warning', padding = '' }: AlertOptions = {},
): NumberedAlert {
  const uuid = uuidOf(number);
  const json =
    `{"uuid":"${uuid}","hostname":"node-1","output":"alert ${number} ${padding}",` +
    `"output_fields":{"evt.time":${nanosecondsOf(number)},"proc.cmdline":"cat /etc/shadow","proc.pid":${number}},` +
    `"priority":"${priorityTitle(priority)}","rule":"Read sensitive file untrusted","source":"syscall",` +
    `"tags":["T1555","filesystem"],"time":"${timeOf(number)}"}`;
  return { number, uuid, json };
}

interface RowOptions {
  /** Makes each alert longer. */
  readonly padding?: string;
  readonly priorities?: readonly Priority[];
}

/** `count` alerts from number `from` on. */
export function numberedAlerts(
  from: number,
  count: number,
  options: AlertOptions = {},
): NumberedAlert[] {
  return Array.from({ length: count }, (_, i) => numberedAlert(from + i, options));
}

/** One after the other, of each of the priorities in turn, as long as `posting` goes on. */
export function* alertsWhile(
  posting: { readonly goesOn: boolean },
  from = 0,
  { padding = '', priorities = PRIORITIES }: RowOptions = {},
): Generator<NumberedAlert, undefined> {
  for (let number = from; posting.goesOn; number += 1) {
    const priority = priorities[number % priorities.length] ?? 'debug';
    yield numberedAlert(number, { priority, padding });
  }
}

function uuidOf(number: number): string {
  return `018f6f2e-9d3b-7c11-8a55-${number.toString(16).padStart(12, '0')}`;
}

/** The number of one of these alerts; undefined for any other. */
export function numberOf(uuid: string): number | undefined {
  return uuid.startsWith('018f6f2e-9d3b-7c11-8a55-')
    ? Number.parseInt(uuid.slice(24), 16)
    : undefined;
}

/** More than a double holds: 2^53 has 16 digits. */
function nanosecondsOf(number: number): string {
  return `1786406649${String(number * 7 + 1).padStart(9, '0')}`;
}

function timeOf(number: number): string {
  return `2026-08-11T00:04:09.${nanosecondsOf(number).slice(10)}Z`;
}

/** Whether the alert, as it arrived, still has each digit of its time, in both places. */
export function isExact(uuid: string, json: string): boolean {
  const number = numberOf(uuid);
  if (number === undefined) return true;
  return (
    json.includes(`"evt.time":${nanosecondsOf(number)},`) &&
    json.includes(`"time":"${timeOf(number)}"`)
  );
}
