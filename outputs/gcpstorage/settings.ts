import type { Static } from 'typebox';
import type { Mistake } from '../../src/output/check.ts';
import { endpointSetting, googleMistakes, googleSettings } from '../../src/output/google.ts';
import { keyMistakes, objectSettings } from '../../src/output/object-store.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  bucket: textLike('Bucket; it must be there.', '^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$'),
  ...googleSettings,
  ...objectSettings,
  endpoint: endpointSetting('https://storage.googleapis.com'),
});

/** Defaults filled in. */
export type StorageSettings = Static<typeof schema>;

export function mistakesIn(settings: StorageSettings): Mistake[] {
  return [...googleMistakes(settings), ...keyMistakes(settings)];
}
