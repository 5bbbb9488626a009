import { goJson } from '../../src/json.ts';
import type { Delivery } from '../../src/output/define.ts';
import {
  insertStatement,
  type SqlValue,
  type Statement,
  storableJson,
} from '../../src/output/postgres/insert.ts';
import type { PostgresSettings } from './settings.ts';

const COLUMNS = [
  'delivery_key',
  'uuid',
  'time',
  'received_at',
  'priority',
  'rule',
  'source',
  'hostname',
  'output',
  'tags',
  'output_fields',
] as const;

/** One row for each alert. */
export function insertOf(
  { table }: Pick<PostgresSettings, 'table'>,
  deliveries: readonly Delivery[],
): Statement {
  return insertStatement(table, COLUMNS, deliveries.map(rowOf));
}

function rowOf({ alert, key }: Delivery): readonly SqlValue[] {
  const { uuid, time, receivedAt, priority, rule, source, hostname, output, tags, fields } = alert;
  return [
    key,
    uuid,
    time,
    receivedAt,
    priority,
    rule,
    source,
    hostname === '' ? null : hostname,
    output,
    tags,
    storableJson(goJson(fields)),
  ];
}
