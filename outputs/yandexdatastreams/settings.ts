import { type Static, Type } from 'typebox';
import { streamSettings } from '../../src/output/kinesis.ts';
import { settingsSchema } from '../../src/output/settings.ts';
import { yandexSettings } from '../../src/output/yandex.ts';

export const schema = settingsSchema({
  stream: Type.String({
    description: 'Full name of the stream: `/<region>/<folder>/<database>/<stream>`.',
    minLength: 1,
    maxLength: 512,
  }),
  ...yandexSettings('https://yds.serverless.yandexcloud.net'),
  ...streamSettings,
});

/** Defaults filled in. */
export type YandexStreamSettings = Static<typeof schema>;
