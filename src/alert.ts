/**
 * The one alert every input is turned into and every output sees. Limits and defaults are those of
 * `src/ingest/normalise/`; this file only says what an alert is, and imports nothing.
 */

/** The eight priorities, most severe first: the index is the syslog severity (RFC 5424, 6.2.1). */
export const PRIORITIES = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'informational',
  'debug',
] as const;

export type Priority = (typeof PRIORITIES)[number];

/** 0 for `emergency` to 7 for `debug`: smaller is more severe. */
export function severityOf(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

/** Whether `priority` is at least as severe as `minimum`. */
export function isAtLeast(priority: Priority, minimum: Priority): boolean {
  return severityOf(priority) <= severityOf(minimum);
}

/** `warning` as Falco spells it: `Warning`. */
export function priorityTitle(priority: Priority): string {
  return priority.charAt(0).toUpperCase() + priority.slice(1);
}

/**
 * A number whose digits a double cannot hold, as its literal text. It is what `JSON.rawJSON` makes,
 * so `JSON.stringify` writes the digits back as a number.
 */
export interface ExactNumber {
  readonly rawJSON: string;
}

declare global {
  // ES2026, in Node since 22; TypeScript's library does not list it yet.
  interface JSON {
    rawJSON(text: string): ExactNumber;
    isRawJSON(value: unknown): value is ExactNumber;
  }
}

export type FieldValue = string | number | boolean | null | readonly string[] | ExactNumber;

export function isExactNumber(value: unknown): value is ExactNumber {
  return JSON.isRawJSON(value);
}

/** The one agent that tells when an alert is over: hubs that forward say so of what is its. */
export const ENDING_AGENT = 'alertmanager';

/** Where an alert came from. Set by the hub, never taken from a body. */
export interface Provenance {
  /** The door it came through: `http`, `grpc`, `hub` for the hub's own alerts. */
  readonly input: string;
  /** The detection agent it was read as, here or by the first hub: `falco`, `alertmanager`. */
  readonly agent: string;
  /** The sender's address, without its port. */
  readonly peer?: string;
  /** The name its credential proved (token name, certificate name). Absent: nobody proved anything. */
  readonly identity?: string;
  /** Which sender the first hub had it from, where other hubs passed it on. */
  readonly origin?: string;
  /** How many hubs it has passed; 8 is a loop. Absent: none. */
  readonly hops?: number;
}

export interface Alert {
  /** Kept from the sender when it sent a valid one, else UUIDv7. Lower case. */
  readonly uuid: string;
  /** When it happened: RFC 3339, UTC, up to 9 fraction digits, kept as text. */
  readonly time: string;
  readonly priority: Priority;
  readonly rule: string;
  readonly source: string;
  /** The line people read. */
  readonly output: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Sorted, unique. */
  readonly tags: readonly string[];
  /** Empty when the sender did not say. */
  readonly hostname: string;
  /** When the hub took it in: RFC 3339 with milliseconds. */
  readonly receivedAt: string;
  readonly ingest: Provenance;
}

/** An alert whose fields are still text: it looks one up at less cost than `fields` takes. */
interface Unparsed extends Alert {
  field(name: string): FieldValue | undefined;
}

/** One field. Only what the alert itself has is a field, not what every object has. */
export function fieldOf(alert: Alert, name: string): FieldValue | undefined {
  if ('field' in alert) return (alert as Unparsed).field(name);
  return Object.hasOwn(alert.fields, name) ? alert.fields[name] : undefined;
}
