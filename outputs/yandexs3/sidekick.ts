import { sidekickObjects } from '../../src/output/object-store.ts';
import { yandexFrom } from '../../src/output/yandex.ts';

/** Falcosidekick's `yandex.s3.*`: an object for each alert. */
export const sidekick = {
  settings: { bucket: 'yandex.s3.bucket', endpoint: 'yandex.s3.endpoint', ...yandexFrom },
  combined: [{ keys: ['yandex.s3.prefix'], settings: sidekickObjects }],
  tls: false,
};
