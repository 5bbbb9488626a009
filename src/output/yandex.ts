import { Type } from 'typebox';
import { secret, textLike } from './settings.ts';

/** Settings of outputs to Yandex Cloud, whose services speak like those of AWS. */

/** @param endpoint Where the service is. */
export function yandexSettings(endpoint: string) {
  return {
    accessKeyId: textLike(
      'Id of a static access key of a service account.',
      '^[A-Za-z0-9_-]{3,128}$',
    ),
    secretAccessKey: secret({ description: 'Secret of that key.', minLength: 1 }),
    region: textLike('Region.', '^[a-z0-9-]{2,32}$', 'ru-central1'),
    endpoint: Type.String({
      description: 'Where the service is.',
      default: endpoint,
      minLength: 1,
    }),
  };
}

/** What Falcosidekick's `yandex.*` are for all outputs to Yandex Cloud. */
export const yandexFrom = {
  accessKeyId: 'yandex.accesskeyid',
  secretAccessKey: 'yandex.secretaccesskey',
  region: 'yandex.region',
};
