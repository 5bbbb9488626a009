/** Something that reads what strangers write, and inputs that are as long as one likes. */

export interface GrowingInput {
  /** For people: what grows. */
  readonly what: string;
  /** An input of about so many characters. */
  make(chars: number): Buffer;
}

export interface Parser {
  readonly name: string;
  readonly inputs: readonly GrowingInput[];
  /** What it returns is not looked at. */
  read(input: Buffer): unknown;
}

/** Each part again and again behind each beginning, and before each end. */
export function grownTexts(
  beginnings: readonly string[],
  parts: readonly string[],
  ends: readonly string[] = ['', '\u0001!'],
): GrowingInput[] {
  return beginnings.flatMap((beginning) =>
    parts.flatMap((part) =>
      ends.map((end) => ({
        what: JSON.stringify([beginning, part, end]),
        make: (chars) => Buffer.from(beginning + part.repeat(Math.ceil(chars / part.length)) + end),
      })),
    ),
  );
}

/** What stands in every text of a document, one after the other. */
const TEXTS = ['a', ' ', 'a=', '\\', '/', '[', ',<', '0'];
/** A document has no more than this that is worth growing. */
const PLACES_MAX = 50;

type Json = Record<string, unknown>;
type Place = readonly (string | number)[];

/**
 * A document in which each text, number, list and object grows by itself. Elements of one list are
 * alike: only the first one's grow.
 */
export function grownDocuments(seed: object): GrowingInput[] {
  return placesIn(seed, [])
    .slice(0, PLACES_MAX)
    .flatMap((place) =>
      growthsOf(valueAt(seed, place)).map(([how, grow]) => ({
        what: `${place.join('.')} ${how}`,
        make: (chars) => Buffer.from(JSON.stringify(replaced(seed, place, grow(chars)))),
      })),
    );
}

type Growth = readonly [how: string, grow: (chars: number) => unknown];

function growthsOf(value: unknown): Growth[] {
  if (typeof value === 'string') {
    return TEXTS.map((text) => [
      JSON.stringify(text),
      (chars) => text.repeat(Math.ceil(chars / text.length)),
    ]);
  }
  if (Array.isArray(value)) {
    const [first = 'a'] = value as unknown[];
    const chars = JSON.stringify(first).length + 1;
    return [
      ['longer', (all) => Array.from({ length: Math.ceil(all / chars) }, () => first)],
      ['deeper', (all) => nested(Math.min(all / 2, DEPTH_MAX))],
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return [
    ['wider', (all) => ({ ...value, ...members(Math.ceil(all / MEMBER_CHARS)) })],
    ['with a long name', (all) => ({ ...value, ['n'.repeat(all)]: 'a' })],
  ];
}

const DEPTH_MAX = 5000;
/** `"m1234":[0],` */
const MEMBER_CHARS = 12;

function nested(levels: number): unknown {
  const depth = Math.floor(levels);
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth));
}

function members(count: number): Json {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, [0]]));
}

function placesIn(value: unknown, at: Place): Place[] {
  if (Array.isArray(value)) return [at, ...placesIn(value[0], [...at, 0])];
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? [at] : [];
  const inner = Object.entries(value).flatMap(([key, item]) => placesIn(item, [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}

function valueAt(document: unknown, place: Place): unknown {
  return place.reduce((value, key) => (value as Json)[key], document);
}

function replaced(document: unknown, place: Place, by: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return by;
  const value = replaced((document as Json)[key], rest, by);
  if (!Array.isArray(document)) return { ...(document as Json), [key]: value };
  return document.map((item: unknown, at) => (at === key ? value : item));
}
