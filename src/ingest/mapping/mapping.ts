import { PRIORITIES, type Priority, isExactNumber, priorityTitle } from '../../alert.ts';
import { ExpressionFailure } from '../../route/errors.ts';
import { compileDocumentExpression } from '../../route/expression.ts';
import { TemplateError, compileTemplate } from '../../template/index.ts';
import { compilePath, type Pick } from './path.ts';

/** An entry of the section `ingest.mappings` of the configuration. */
export interface MappingSettings {
  readonly match?: string;
  readonly split?: string;
  readonly id?: string;
  readonly time?: string;
  readonly rule?: string;
  readonly priority?: string;
  readonly priorities: Readonly<Record<string, Priority>>;
  readonly levels: readonly { readonly from: number; readonly priority: Priority }[];
  readonly defaultPriority: Priority;
  readonly source?: string;
  readonly hostname?: string;
  readonly output?: string;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  readonly allFields: boolean;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What a document means, in Falco's shape; `id` is what the sender knows it by. */
export interface Mapped {
  readonly id?: unknown;
  readonly document: JsonObject;
}

/** Makes alerts of JSON that is in nobody else's format. */
export interface Mapping {
  readonly name: string;
  /** Whether a document is this mapping's, where nothing but its shape can say so. */
  matches(document: JsonObject): boolean;
  /** The documents in one body; undefined where `split` finds no list. */
  split(document: JsonObject): readonly unknown[] | undefined;
  read(document: JsonObject): Mapped;
}

/**
 * Makes a mapping ready.
 *
 * @throws ExpressionError for a `match` that is no expression.
 * @throws MappingError for a path that is none.
 * @throws TemplateError for a template that is none.
 */
export function createMapping(name: string, settings: MappingSettings): Mapping {
  const { match, split, allFields } = settings;
  const test = match === undefined ? undefined : compileMappingMatch(match);
  const splitAt = split === undefined ? undefined : compilePath(split);
  const [id, time, rule, hostname, output, source] = [
    'id',
    'time',
    'rule',
    'hostname',
    'output',
    'source',
  ].map((key) => compileText((settings as unknown as Record<string, string | undefined>)[key]));
  const priority = compilePriority(settings);
  const tags = settings.tags.map((tag) => compileText(tag));
  const fields = Object.entries(settings.fields).map(
    ([key, text]) => [key, compileText(text)] as const,
  );
  return {
    name,
    matches: (document) => test !== undefined && holds(test, document),
    split: (document) => {
      if (splitAt === undefined) return [document];
      const list = splitAt(document);
      return Array.isArray(list) ? list : undefined;
    },
    read: (document) => ({
      id: id!(document),
      document: {
        time: time!(document),
        rule: labelOf(rule!(document)) || name,
        priority: priority(document),
        source: labelOf(source!(document)) || name,
        hostname: textOf(hostname!(document)),
        output: output!(document) ?? document,
        tags: tags.flatMap((tag) => tag(document)),
        output_fields: {
          ...(allFields ? flat(document) : {}),
          ...Object.fromEntries(fields.map(([key, value]) => [key, value(document)])),
        },
      },
    }),
  };
}

/** The name that an expression has for the document. */
const EVENT = 'event';

export function compileMappingMatch(match: string) {
  return compileDocumentExpression(match, new Set([EVENT]));
}

function holds(test: ReturnType<typeof compileMappingMatch>, document: JsonObject): boolean {
  try {
    return test.test({ [EVENT]: document });
  } catch (error) {
    if (error instanceof ExpressionFailure) return false;
    throw error;
  }
}

/**
 * What a setting gives: a path begins with `$`, a template has `{{` in it, and anything else is the
 * text itself.
 *
 * @throws MappingError
 * @throws TemplateError
 */
export function compileText(text: string | undefined): Pick {
  if (text === undefined) return () => undefined;
  if (text.includes('{{')) return fromTemplate(text);
  return text.startsWith('$') ? compilePath(text) : () => text;
}

/** A template that fails gives what it had until then. */
function fromTemplate(text: string): Pick {
  const template = compileTemplate(text);
  return (document) => {
    try {
      return template.execute(document);
    } catch (error) {
      if (error instanceof TemplateError) return error.partial;
      throw error;
    }
  };
}

/** By its text, else by the highest level that it reaches, else as it is if that is a priority. */
function compilePriority({ priority, priorities, levels, defaultPriority }: MappingSettings) {
  const told = compileText(priority);
  const byText = new Map(
    Object.entries(priorities).map(([text, one]) => [text.toLowerCase(), one] as const),
  );
  const descending = levels.toSorted((a, b) => b.from - a.from);
  return (document: JsonObject): string => {
    const text = textOf(told(document)).trim().toLowerCase();
    const level = descending.find(({ from }) => text !== '' && Number(text) >= from)?.priority;
    const named = KNOWN.has(text) ? (text as Priority) : undefined;
    return priorityTitle(byText.get(text) ?? level ?? named ?? defaultPriority);
  };
}

const KNOWN: ReadonlySet<string> = new Set(PRIORITIES);

/** Of which nothing is left that the normaliser would refuse as empty. */
function labelOf(value: unknown): string {
  return textOf(value).replaceAll('\0', '').trim();
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return isExactNumber(value) ? value.rawJSON : '';
}

/** An alert has 512 fields; what is deeper stays one field of JSON. */
const FIELDS_MAX = 512;
const DEPTH_MAX = 8;

/** Every member under its path: `rule.level`. */
function flat(document: JsonObject): JsonObject {
  const fields: Record<string, unknown> = {};
  let left = FIELDS_MAX;
  const add = (value: JsonObject, prefix: string, depth: number): void => {
    for (const [key, item] of Object.entries(value)) {
      if (left <= 0) return;
      const path = prefix === '' ? key : `${prefix}.${key}`;
      if (isPlain(item) && depth < DEPTH_MAX) add(item, path, depth + 1);
      else {
        fields[path] = item;
        left -= 1;
      }
    }
  };
  add(document, '', 0);
  return fields;
}

function isPlain(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
  );
}
