import type { SchemaNode } from './json-schema.ts';

/** One setting in a table of the documentation. */
export interface Row {
  /** `http.auth.tokens[].name` */
  readonly key: string;
  readonly type: string;
  /** Empty where there is none. */
  readonly default: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** Every setting below a schema, in its order; sections of settings are rows, too. */
export function rowsOf(schema: SchemaNode, prefix = ''): Row[] {
  const required = new Set(schema.required);
  const rows: Row[] = [];
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const key = prefix + name;
    rows.push(rowOf(key, node, required.has(name) && node.default === undefined));
    rows.push(...rowsOf(node, `${key}.`), ...itemRows(key, node));
  }
  return rows;
}

function itemRows(key: string, { items, patternProperties }: SchemaNode): Row[] {
  const [named] = Object.values(patternProperties ?? {});
  if (named?.properties !== undefined) return rowsOf(named, `${key}.<name>.`);
  return items?.properties === undefined ? [] : rowsOf(items, `${key}[].`);
}

function rowOf(key: string, node: SchemaNode, isRequired: boolean): Row {
  const shown = node.properties === undefined && node.default !== undefined;
  return {
    key,
    type: typeOf(node),
    default: shown ? code(textOf(node.default)) : '',
    isRequired,
    description: node.description ?? '',
  };
}

function textOf(value: unknown): string {
  const text = JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');
  return text === '' ? "''" : text;
}

const formatWords: Readonly<Record<string, string>> = {
  'duration-text': 'time',
  'bytes-text': 'size',
  'go-template': 'template',
  'host-port': 'address',
  uri: 'URL',
};

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: '`true` or `false`',
};

function typeOf(node: SchemaNode): string {
  return choiceOf(node) ?? containerOf(node) ?? scalarOf(node);
}

function choiceOf({ anyOf, enum: values, const: only }: SchemaNode): string | undefined {
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(', ');
  if (values !== undefined) return values.map(code).join(', ');
  return only === undefined ? undefined : code(only);
}

function containerOf({ items, properties, patternProperties }: SchemaNode): string | undefined {
  if (items !== undefined) return `list of ${items.properties ? 'maps' : typeOf(items)}`;
  if (properties !== undefined) return 'section';
  const [value] = Object.values(patternProperties ?? {});
  if (value?.properties !== undefined) return 'sections by name';
  return value === undefined ? undefined : `map of ${typeOf(value)}`;
}

function scalarOf(node: SchemaNode): string {
  if (node['x-secret'] === true) return 'secret';
  if (node['x-file'] === true) return 'file';
  const word = formatWords[node.format ?? ''] ?? typeWords[String(node.type)] ?? 'any';
  const { minimum, maximum } = node;
  if (maximum === undefined) return minimum === undefined ? word : `${word}, from ${minimum}`;
  return `${word}, ${minimum ?? 0} to ${maximum}`;
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableLine(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(tableLine)].join('\n');
}

function tableLine(cells: readonly string[]): string {
  const escaped = cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' '));
  return `| ${escaped.join(' | ')} |`;
}

/** Settings as a table: key, type, default, meaning. */
export function settingsTable(rows: readonly Row[]): string {
  return table(
    ['Key', 'Type', 'Default', 'Meaning'],
    rows.map((row) => [
      code(row.key),
      row.type,
      row.isRequired ? '**required**' : row.default,
      row.description,
    ]),
  );
}
