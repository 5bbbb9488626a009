import type { Static } from 'typebox';
import { postgresSettings, TABLE_PATTERN } from '../../src/output/postgres/settings.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postgresSettings,
  table: textLike(
    'The table, or `schema.table`, as it is spelt: capitals count.',
    TABLE_PATTERN,
    'falco_alerts',
  ),
});

/** Defaults filled in. */
export type PostgresSettings = Static<typeof schema>;
