import type { Row } from './payload.ts';

/** The columns of an object, as Parquet's own description of a schema: parents before children. */

interface Element {
  readonly name: string;
  readonly type?: 'BYTE_ARRAY' | 'INT32' | 'INT64' | 'BOOLEAN';
  readonly converted_type?: 'UTF8' | 'LIST';
  readonly repetition_type?: 'OPTIONAL' | 'REPEATED';
  readonly num_children?: number;
}

const text = (name: string): Element[] => [leaf(name, 'BYTE_ARRAY', 'UTF8')];
const int = (name: string): Element[] => [leaf(name, 'INT32')];
const long = (name: string): Element[] => [leaf(name, 'INT64')];
const flag = (name: string): Element[] => [leaf(name, 'BOOLEAN')];

function leaf(name: string, type: NonNullable<Element['type']>, converted?: 'UTF8'): Element {
  const element = { name, type, repetition_type: 'OPTIONAL' } as const;
  return converted === undefined ? element : { ...element, converted_type: converted };
}

function struct(name: string, ...children: readonly Element[][]): Element[] {
  const own = { name, repetition_type: 'OPTIONAL', num_children: children.length } as const;
  return [own, ...children.flat()];
}

/** @see https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists */
function list(name: string, element: readonly Element[]): Element[] {
  return [
    { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}

/** Columns, by name. */
const COLUMNS: readonly Element[][] = [
  long('time'),
  int('activity_id'),
  text('activity_name'),
  int('category_uid'),
  text('category_name'),
  int('class_uid'),
  text('class_name'),
  long('type_uid'),
  text('type_name'),
  int('severity_id'),
  text('severity'),
  int('status_id'),
  text('status'),
  flag('is_alert'),
  text('message'),
  struct(
    'metadata',
    text('version'),
    text('uid'),
    struct('product', text('name'), text('vendor_name')),
    text('log_name'),
    text('original_time'),
    long('logged_time'),
    list('labels', text('element')),
  ),
  struct(
    'finding_info',
    text('uid'),
    text('title'),
    text('desc'),
    long('created_time'),
    list('types', text('element')),
    struct('analytic', text('name'), int('type_id'), text('type')),
  ),
  struct('device', int('type_id'), text('type'), text('hostname')),
  list('observables', struct('element', text('name'), text('value'), int('type_id'), text('type'))),
  text('unmapped'),
  text('raw_data'),
];

export const SCHEMA: Element[] = [
  { name: 'root', num_children: COLUMNS.length },
  ...COLUMNS.flat(),
];

/** The values of each column, one for each row; `null` where a row has none. */
export function parquetColumns(rows: readonly Row[]): { name: string; data: unknown[] }[] {
  return COLUMNS.map(([column]) => {
    const name = column?.name ?? '';
    const isLong = column?.type === 'INT64';
    const data = rows.map((row) => valueOf(row[name], isLong));
    return { name, data };
  });
}

/** Times within structures, too, are 64 bits long. */
const LONGS: ReadonlySet<string> = new Set(['logged_time', 'created_time']);

function valueOf(value: unknown, isLong: boolean): unknown {
  if (value === undefined) return null;
  if (isLong) return BigInt(Number(value));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, valueOf(one, LONGS.has(name))]),
  );
}
