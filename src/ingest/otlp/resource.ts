import { uuidV5 } from '../k8s-audit/uuid-v5.ts';
import { cut, type Cuts } from '../normalise/text.ts';
import { valuesOf } from './values.ts';

/** What all records of a resource have in common. */
export interface Resource {
  /** Attributes under their names, within a bound: each record's alert repeats them. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Stands for all that was sent, so that it is read once and not for each record. */
  readonly key: string;
  /** Some of it was left out. */
  readonly isCut: boolean;
}

/** A body of 8 MiB with one large resource and thousands of records must not become gigabytes. */
const ATTRIBUTES_MAX = 64;
const CHARS_MAX = 8192;

/** Reads the attributes of a `Resource`, once for all its records. */
export function resourceOf(sent: unknown): Resource {
  const all = valuesOf(sent);
  const entries = Object.entries(all);
  const cuts: Cuts = { truncated: entries.length > ATTRIBUTES_MAX };
  const attributes: [string, unknown][] = [];
  let room = CHARS_MAX;
  for (const [name, value] of entries.slice(0, ATTRIBUTES_MAX)) {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    room -= name.length;
    if (text.length <= room) attributes.push([name, value]);
    else {
      cuts.truncated = true;
      if (room > 1) attributes.push([name, cut(text, room, cuts)]);
    }
    room = Math.max(0, room - text.length);
  }
  return {
    attributes: Object.fromEntries(attributes),
    key: uuidV5([all]),
    isCut: cuts.truncated,
  };
}
