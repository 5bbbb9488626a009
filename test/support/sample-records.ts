import { alertToJson } from '../../src/json.ts';
import type { Alert } from '../../src/alert.ts';
import type { OutputStatus } from '../../src/api/contract.ts';
import type { AlertRecord, DeadLetter, Fate } from '../../src/queue/history.ts';

/** What a hub may have on record. */

export const UUID = '0198f0c2-5d2e-7cc0-a1f2-000000000001';
export const RECEIVED_AT_MS = Date.parse('2026-11-03T10:00:00.123Z');

export function sampleAlert(part: Partial<Alert> = {}): Alert {
  return {
    uuid: UUID,
    time: '2026-11-03T09:59:59.987654321Z',
    priority: 'critical',
    rule: 'Terminal shell in container',
    source: 'syscall',
    output: 'A shell was spawned in a container with an attached terminal (user=root shell=bash)',
    fields: { 'evt.time': JSON.rawJSON('1762164000123456789'), 'proc.name': 'bash' },
    tags: ['container'],
    hostname: 'node-1',
    receivedAt: new Date(RECEIVED_AT_MS).toISOString(),
    ingest: { input: 'http', agent: 'falco', peer: '10.0.0.7' },
    ...part,
  };
}

export function sampleRecord(
  part: Partial<Alert> = {},
  fates: Readonly<Record<string, Fate>> = {},
): AlertRecord {
  const alert = sampleAlert(part);
  const { uuid, priority, rule, source, hostname } = alert;
  return {
    uuid,
    receivedAtMs: RECEIVED_AT_MS,
    priority,
    rule,
    source,
    hostname,
    ingest: JSON.stringify(alert.ingest),
    json: alertToJson(alert),
    fates,
  };
}

export function sampleDeadLetter(part: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id: 17,
    lane: 2,
    position: { shard: 2, n: 5 },
    state: 'dead',
    uuid: UUID,
    reason: 'payload',
    detail: 'HTTP 400: invalid_blocks',
    attempts: 1,
    bytes: 100,
    failingMs: 0,
    atMs: RECEIVED_AT_MS + 1000,
    receivedAtMs: RECEIVED_AT_MS,
    output: 'soc',
    json: alertToJson(sampleAlert()),
    ...part,
  };
}

export function sampleOutput(name: string, part: Partial<OutputStatus> = {}): OutputStatus {
  return {
    lane: { id: 1, name, type: 'slack' },
    state: 'active',
    routed: 10,
    delivered: 10,
    dead: 0,
    suppressed: 0,
    retry: 0,
    held: 0,
    waiting: 0,
    mismatch: 0,
    ...part,
  };
}

/** One of each that can become of an alert. */
export const EVERY_FATE: Readonly<Record<string, Fate>> = {
  soc: { state: 'delivered', afterMs: RECEIVED_AT_MS + 500, byMs: RECEIVED_AT_MS + 1500 },
  syslog: { state: 'delivered', byMs: RECEIVED_AT_MS + 1500 },
  siem: { state: 'waiting' },
  pager: {
    state: 'retry',
    id: 4,
    reason: 'rateLimited',
    detail: 'HTTP 429: slow down',
    attempts: 3,
    atMs: RECEIVED_AT_MS + 2000,
  },
  quarantine: {
    state: 'held',
    id: 5,
    reason: 'bug',
    detail: '',
    attempts: 1,
    atMs: RECEIVED_AT_MS,
  },
  mail: {
    state: 'dead',
    id: 17,
    reason: 'payload',
    detail: '552 message too large',
    attempts: 1,
    atMs: RECEIVED_AT_MS + 2000,
  },
  old: { state: 'dropped', id: 6, reason: 'client', detail: '', attempts: 2, atMs: RECEIVED_AT_MS },
  chat: { state: 'gap', reason: 'stale', atMs: RECEIVED_AT_MS + 3_600_000 },
  archive: { state: 'beyondHistory' },
};
