import { type Alert, priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { namedFields } from '../../src/output/fields.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import { epochNs } from '../../src/output/time.ts';
import type { InfluxSettings } from './settings.ts';

export type Tags = Readonly<Record<string, string>>;
type TagSettings = Pick<InfluxSettings, 'tagFields' | 'spaces'>;

const TAG_CHARS_MAX = 1024;
const TAGS_MAX = 64;

/** Who an alert is about. A tag is indexed, and each set of them is a series of its own. */
export function tagsOf({ tagFields, spaces }: TagSettings, alert: Alert): Tags {
  const joined = (text: string): string => (spaces === 'keep' ? text : text.replaceAll(' ', '_'));
  const own: [string, string][] = [
    ['rule', joined(alert.rule)],
    ['priority', priorityTitle(alert.priority)],
    ['source', alert.source],
    ['hostname', alert.hostname],
  ];
  const taken = new Set(own.map(([name]) => name));
  const fields = namedFields(alert, tagFields)
    .filter(({ title }) => !taken.has(title) && !RESERVED.has(title))
    .map(({ title, value }): [string, string] => [title, joined(value)]);
  return Object.fromEntries(
    [...own, ...fields]
      .map(([name, text]) => [harmless(name), harmless(text)] as const)
      .filter(([name, text]) => name !== '' && text !== '')
      .slice(0, TAGS_MAX),
  );
}

/** Names that InfluxDB keeps for itself. */
const RESERVED: ReadonlySet<string> = new Set(['time', '_measurement', '_field', 'tags']);

/**
 * A backslash before a comma, a space or the end of a tag would be read as an escape, and there is
 * none for the backslash itself.
 */
function harmless(text: string): string {
  return truncate(oneLine(text).replaceAll('\\', '/'), TAG_CHARS_MAX).trim();
}

/** @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/ */
export function lineOf(measurement: string, tags: Tags, delivery: Delivery): string {
  const { alert } = delivery;
  const pairs = Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `,${escapedTag(name)}=${escapedTag(text)}`);
  const fields = [
    ['value', alert.output],
    ['uuid', alert.uuid],
    ...(alert.tags.length === 0 ? [] : [['tags', alert.tags.join(',')]]),
  ].map(([name, text]) => `${String(name)}="${escapedText(String(text))}"`);
  const series = `${escapedTag(harmless(measurement))}${pairs.join('')}`;
  return `${series} ${fields.join(',')} ${distinctNs(delivery)}\n`;
}

function escapedTag(text: string): string {
  return text.replaceAll(/[,= ]/g, String.raw`\$&`);
}

function escapedText(text: string): string {
  return oneLine(text).replaceAll(/["\\]/g, String.raw`\$&`);
}

/**
 * A point takes the place of another with the same tags and time, and many clocks count whole
 * microseconds, milliseconds or seconds: the digits that the time does not have, below a millisecond,
 * are made of the delivery key, so that two alerts are two points and a resend is none.
 */
function distinctNs({ alert, key }: Delivery): bigint {
  const timeNs = epochNs(alert.time);
  const unit = UNITS.find((one) => timeNs % one === 0n) ?? 1n;
  return timeNs + (BigInt(`0x${key.slice(0, 12)}`) % unit);
}

const UNITS = [1_000_000n, 1000n] as const;
