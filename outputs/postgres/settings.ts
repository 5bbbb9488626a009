import { type Static, Type } from 'typebox';
import { postgresSettings, TABLE_PATTERN } from '../../src/output/postgres/settings.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postgresSettings,
  table: Type.String({
    description: 'The table, or `schema.table`, as it is spelt: capitals count.',
    pattern: TABLE_PATTERN,
    default: 'falco_alerts',
  }),
});

/** Defaults filled in. */
export type PostgresSettings = Static<typeof schema>;
