/** An INSERT of many rows, in which every value is a parameter: no alert is ever part of the SQL. */

export type SqlValue = string | readonly string[] | null;

export interface Statement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** A row that is there already, by any unique index, is left as it is: a resend adds nothing. */
export function insertStatement(
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
): Statement {
  const names = columns.map(quoted).join(', ');
  const into = table.split('.').map(quoted).join('.');
  const places = rows.map(
    (_, row) =>
      `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`,
  );
  return {
    text: `INSERT INTO ${into} (${names}) VALUES ${places.join(', ')} ON CONFLICT DO NOTHING`,
    values: rows.flat().map(storable),
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** PostgreSQL's texts have no U+0000. */
function storable(value: SqlValue): SqlValue {
  if (value === null) return null;
  return typeof value === 'string' ? withoutNul(value) : value.map(withoutNul);
}

function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}

/** JSON for a `jsonb` column, which refuses an escaped U+0000, too. */
export function storableJson(json: string): string {
  return json.replaceAll(/\\(?:u0000|.)/g, (escape) => (escape === '\\u0000' ? '\\ufffd' : escape));
}
