import type { Static } from 'typebox';
import { awsMistakes } from '../../src/output/aws.ts';
import type { Mistake } from '../../src/output/check.ts';
import { keyMistakes, objectSettings } from '../../src/output/object-store.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';
import { yandexSettings } from '../../src/output/yandex.ts';

export const schema = settingsSchema({
  bucket: textLike('Bucket; it must be there.', '^[A-Za-z0-9][A-Za-z0-9._-]{1,253}$'),
  ...yandexSettings('https://storage.yandexcloud.net'),
  ...objectSettings,
});

/** Defaults filled in. */
export type YandexS3Settings = Static<typeof schema>;

export function mistakesIn(settings: YandexS3Settings): Mistake[] {
  return [...awsMistakes(settings), ...keyMistakes(settings)];
}
