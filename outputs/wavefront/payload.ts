import { type Alert, priorityTitle } from '../../src/alert.ts';
import { namedFields } from '../../src/output/fields.ts';
import { oneLine, truncate } from '../../src/output/format.ts';
import type { WavefrontSettings } from './settings.ts';

export type Tags = Readonly<Record<string, string>>;

/** A point has 20 tags at most, and a tag 254 characters with its name. */
const TAGS_MAX = 20;
const TAG_CHARS_MAX = 254;

/** Point tags under Falcosidekick's names. */
export function tagsOf({ tagFields }: Pick<WavefrontSettings, 'tagFields'>, alert: Alert): Tags {
  const fields = namedFields(alert, tagFields);
  const all = [
    ['severity', priorityTitle(alert.priority)],
    ['rule', alert.rule],
    ['source', alert.source],
    ['hostname', alert.hostname],
    ['tags', alert.tags.join(', ')],
    ...fields.map(({ title, value }) => [title, value] as const),
  ] as const;
  const tags = new Map<string, string>();
  for (const [name, value] of all) {
    const key = truncatedName(name);
    const text = harmless(value, TAG_CHARS_MAX - key.length);
    if (text !== '' && !tags.has(key) && tags.size < TAGS_MAX) tags.set(key, text);
  }
  return Object.fromEntries(tags);
}

function truncatedName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 64);
}

/** A backslash at the end would escape the quotation mark behind it. */
function harmless(text: string, charsMax: number): string {
  return truncate(oneLine(text).replaceAll('\\', '/').trim(), charsMax);
}

/** So many alerts with these tags in one second. */
export interface Point {
  readonly tags: Tags;
  readonly seconds: number;
  readonly count: number;
}

/**
 * One point for all alerts with the same tags and second: of several, Wavefront would keep the last.
 */
export function pointsOf(
  alerts: readonly { readonly tags: Tags; readonly seconds: number }[],
): readonly Point[] {
  const groups = Map.groupBy(alerts, (one) => JSON.stringify([one.seconds, one.tags]));
  return [...groups.values()].map((group) => ({
    tags: group[0]?.tags ?? {},
    seconds: group[0]?.seconds ?? 0,
    count: group.length,
  }));
}

/** @see https://docs.wavefront.com/wavefront_data_format.html */
export function lineOf(
  { metric, source }: Pick<WavefrontSettings, 'metric' | 'source'>,
  { tags, seconds, count }: Point,
): string {
  const pairs = Object.entries(tags).map(([name, text]) => ` "${name}"="${quoted(text)}"`);
  return `"${metric}" ${count} ${seconds} source="${source}"${pairs.join('')}\n`;
}

function quoted(text: string): string {
  return text.replaceAll('"', String.raw`\"`);
}
