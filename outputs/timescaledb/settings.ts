import { type Static, Type } from 'typebox';
import type { Mistake } from '../../src/output/check.ts';
import {
  NAME_PATTERN,
  postgresMistakes,
  postgresSettings,
  TABLE_PATTERN,
} from '../../src/output/postgres/settings.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';
import { columnsOf } from './payload.ts';

export const schema = settingsSchema({
  ...postgresSettings,
  table: textLike(
    'The hypertable, or `schema.table`, as it is spelt: capitals count.',
    TABLE_PATTERN,
    'falcosidekick_events',
  ),
  keyColumn: Type.Optional(
    textLike(
      'Text column for the delivery key. With a unique index on it and `time`, a resend adds no second row.',
      NAME_PATTERN,
    ),
  ),
  fieldColumns: Type.Array(Type.String({ pattern: NAME_PATTERN }), {
    description:
      'Fields of alerts that have a text column of their own, of the same name in lower case.',
    default: [],
    maxItems: 64,
  }),
});

/** Defaults filled in. */
export type TimescaleSettings = Static<typeof schema>;

/** What the schema cannot say. */
export function mistakesIn(settings: TimescaleSettings): Mistake[] {
  const columns = columnsOf(settings);
  const twice = columns.find((name, n) => columns.indexOf(name) !== n);
  const mistakes = postgresMistakes(settings);
  if (twice === undefined) return mistakes;
  return [...mistakes, { path: 'fieldColumns', message: 'names a column that is filled already' }];
}
