import { type Alert, priorityTitle } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { fieldText } from '../../src/output/fields.ts';
import {
  insertStatement,
  type SqlValue,
  type Statement,
} from '../../src/output/postgres/insert.ts';
import type { TimescaleSettings } from './settings.ts';

type Columns = Pick<TimescaleSettings, 'keyColumn' | 'fieldColumns'>;

/** Falcosidekick's, and what is asked for beside them. */
export function columnsOf({ keyColumn, fieldColumns }: Columns): readonly string[] {
  const fields = fieldColumns.map((name) => name.toLowerCase());
  return [...OWN, ...(keyColumn === undefined ? [] : [keyColumn]), ...fields];
}

const OWN = ['time', 'rule', 'priority', 'source', 'output', 'tags', 'hostname'] as const;

/** One row for each alert. */
export function insertOf(
  settings: Columns & Pick<TimescaleSettings, 'table'>,
  deliveries: readonly Delivery[],
): Statement {
  const rows = deliveries.map((delivery) => rowOf(settings, delivery));
  return insertStatement(settings.table, columnsOf(settings), rows);
}

function rowOf({ keyColumn, fieldColumns }: Columns, { alert, key }: Delivery): SqlValue[] {
  const { time, rule, priority, source, output, tags, hostname } = alert;
  return [
    time,
    rule,
    priorityTitle(priority),
    source,
    output,
    tags.length === 0 ? null : tags.join(','),
    hostname === '' ? null : hostname,
    ...(keyColumn === undefined ? [] : [key]),
    ...fieldColumns.map((name) => textOf(alert, name)),
  ];
}

/** Falcosidekick writes the text `null` as none, too. */
function textOf(alert: Alert, name: string): string | null {
  const text = fieldText(alert, name) ?? null;
  return text === 'null' ? null : text;
}
