import { hash } from 'node:crypto';
import { Type } from 'typebox';
import { type AlertFormat, alertFormat, documentLines } from './alert-document.ts';
import type { Mistake } from './check.ts';
import type { Delivery } from './define.ts';
import { gzipped } from './gzip.ts';
import { flag } from './settings.ts';

/** What object stores have in common: a batch of alerts is one object, whose name says when. */

export const objectSettings = {
  key: Type.String({
    description:
      'Name of an object. `<year>`, `<month>`, `<day>`, `<hour>` and `<time>` are when the hub took in the first alert of the object, in UTC; `<key>` is different for each batch, and the same when it is sent again. `.gz` is added to what is compressed.',
    default: 'falco/<year>/<month>/<day>/<hour>/<time>-<key>.ndjson',
    minLength: 1,
    maxLength: 512,
  }),
  format: alertFormat,
  compress: flag('Whether objects are compressed (gzip).', true),
};

/** One attempt is one object: large ones are few, and cheap to search. */
export const OBJECT_BATCH = { alertsMax: 1000, bytesMax: 16 * 1024 * 1024, waitMs: 30_000 };

export interface ObjectSettings {
  readonly key: string;
  readonly format: AlertFormat;
  readonly compress: boolean;
}

export interface StoredObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
}

/** One alert a line. The name hangs on nothing but the alerts, so a resend writes no second object. */
export async function objectOf(
  settings: ObjectSettings,
  deliveries: readonly Delivery[],
): Promise<StoredObject> {
  const { format, compress } = settings;
  const text = documentLines(deliveries, format);
  return {
    key: keyOf(settings, deliveries),
    body: compress ? await gzipped(text) : Buffer.from(text),
    contentType: compress ? 'application/gzip' : 'application/x-ndjson',
  };
}

function keyOf({ key, compress }: ObjectSettings, deliveries: readonly Delivery[]): string {
  const name = filledKey(key, deliveries[0]?.receivedAtMs ?? 0, batchKey(deliveries));
  return compress ? `${name}.gz` : name;
}

/** The same for the same alerts in the same order. */
export function batchKey(deliveries: readonly Delivery[]): string {
  const keys = deliveries.map(({ key }) => key);
  const [only = ''] = keys;
  return keys.length === 1 ? only : hash('sha256', keys.join(), 'hex').slice(0, 32);
}

const PLACEHOLDER = /<([a-z]+)>/g;

/** The name of an object, its placeholders filled in. */
export function filledKey(template: string, timeMs: number, key: string): string {
  const iso = new Date(timeMs).toISOString();
  const parts: Readonly<Record<string, string>> = {
    year: iso.slice(0, 4),
    month: iso.slice(5, 7),
    day: iso.slice(8, 10),
    hour: iso.slice(11, 13),
    // Without the colons, which Hadoop and Windows take for something else.
    time: iso.replaceAll(/[-:.]/g, ''),
    key,
  };
  return template.replaceAll(PLACEHOLDER, (_, name: string) => parts[name] ?? '');
}

const NAMES = ['year', 'month', 'day', 'hour', 'time', 'key'];

/** What the schema cannot say of `key`. */
export function keyMistakes({ key }: Pick<ObjectSettings, 'key'>): Mistake[] {
  const unknown = [...key.matchAll(PLACEHOLDER)].find(([, name = '']) => !NAMES.includes(name));
  const rows: readonly (readonly [boolean, string])[] = [
    [unknown !== undefined, `has no ${unknown?.[0]}: there are <${NAMES.join('>, <')}>`],
    [!key.includes('<key>'), 'needs <key>, or one object would take the place of another'],
    [/\p{Cc}/u.test(key), 'has a control character'],
    [
      key.split('/').some((part) => ['', '.', '..'].includes(part)),
      'has an empty part, `.` or `..`',
    ],
  ];
  return rows.filter(([isWrong]) => isWrong).map(([, message]) => ({ path: 'key', message }));
}

/** Falcosidekick's prefix: an object for each alert, in a folder of the day. */
export function sidekickObjects(prefix: unknown): Record<string, unknown> {
  const parts = String(prefix)
    .split('/')
    .filter((part) => !['', '.', '..'].includes(part));
  const key = [...parts, '<year>-<month>-<day>', '<time>-<key>.json'].join('/');
  return { key, compress: false, batch: { alertsMax: 1, wait: '0' } };
}
