import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { withAlert } from '../../src/output/rewrite.ts';
import type { LogstashSettings } from './settings.ts';

/** One line of JSON. */
export function lineOf(
  delivery: Delivery,
  { tags, format }: Pick<LogstashSettings, 'tags' | 'format'>,
): string {
  return `${alertDocument(renamed(delivery, tags), format)}\n`;
}

/** To Logstash brackets in a name are a path, and an event with a wrong one has no fields at all. */
const BRACKETS = /[[\]]/;

function renamed(delivery: Delivery, tags: readonly string[]): Delivery {
  const { alert } = delivery;
  const names = Object.keys(alert.fields);
  if (tags.length === 0 && !names.some((name) => BRACKETS.test(name))) return delivery;
  const fields: Record<string, (typeof alert.fields)[string]> = {};
  for (const name of names) {
    fields[freeName(name, fields)] = alert.fields[name] as (typeof fields)[string];
  }
  return withAlert(delivery, { ...alert, fields, tags: [...new Set([...alert.tags, ...tags])] });
}

/** `proc.aname[2]` becomes `proc.aname.2`; two names that become one are kept apart. */
function freeName(name: string, taken: object): string {
  const plain = name.replaceAll('[', '.').replaceAll(']', '');
  for (let n = 1; ; n += 1) {
    const free = n === 1 ? plain : `${plain}_${n}`;
    if (!Object.hasOwn(taken, free)) return free;
  }
}
