import type { FailureReason, SingleResult } from '../define.ts';
import type { Failure } from '../http-error.ts';
import { excerpt } from '../http-excerpt.ts';

/** What a broker says to a packet. */
export interface Verdict {
  /** 0 where version 3.1.1 has none. */
  readonly code: number;
  /** Its own words, if it has any. */
  readonly text?: string | undefined;
}

type Row = readonly [reason: FailureReason, text: string];

/**
 * The reason codes of MQTT 5.
 *
 * @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901031
 */
const ROWS: Readonly<Record<number, Row>> = {
  0x80: ['server', 'it gives no reason'],
  0x83: ['server', 'for a reason of its own'],
  0x84: ['client', 'it does not speak this version of MQTT'],
  0x85: ['client', 'it does not take this client id'],
  0x86: ['auth', 'the user or the password is wrong'],
  0x87: ['auth', 'this user may not'],
  0x88: ['server', 'it is not available'],
  0x89: ['server', 'it is busy'],
  0x8a: ['auth', 'this client is banned'],
  0x8b: ['server', 'it is shutting down'],
  0x8c: ['auth', 'it wants to be logged in to otherwise'],
  0x8e: ['client', 'somebody else has come with the same client id'],
  0x90: ['client', 'it does not take this topic'],
  0x91: ['server', 'it has the number of the message in use'],
  0x93: ['server', 'too many messages at once'],
  0x95: ['server', 'a packet is too large'],
  0x97: ['rateLimited', 'a quota is used up'],
  0x99: ['client', 'it takes no such payload'],
  0x9a: ['client', 'it retains nothing'],
  0x9b: ['client', 'it has no such QoS'],
  0x9f: ['rateLimited', 'too many connections in a short time'],
};

/** Of version 3.1.1, to what a connection begins with; those of 5 that mean the same. */
const OLD_CODES = [0, 0x84, 0x85, 0x88, 0x86, 0x87] as const;

/** What the answer to a login means; undefined: let in. */
export function failureOfLogin({ code, text }: Verdict, where: string): Failure | undefined {
  const known = OLD_CODES[code] ?? code;
  return known === 0 ? undefined : failureOf({ code: known, text }, where);
}

/** What an acknowledgement means. Below 0x80 the broker has the alert. */
export function resultOf(verdict: Verdict, where: string): SingleResult {
  return verdict.code < 0x80 ? { outcome: 'delivered' } : failureOf(verdict, where);
}

/** What a broker means that says no. It is about the broker, the user or the topic. */
export function failureOf({ code, text }: Verdict, where: string): Failure {
  const [reason, meaning] = ROWS[code] ?? ['server', 'it says no'];
  const own = text === undefined ? '' : `: ${text}`;
  const detail = excerpt(`${where}: ${meaning} (0x${code.toString(16)})${own}`);
  return { outcome: 'retry', reason, detail };
}
