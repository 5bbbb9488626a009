import { yandexFrom } from '../../src/output/yandex.ts';

/** Falcosidekick's `yandex.datastreams.*`. */
export const sidekick = {
  settings: {
    stream: 'yandex.datastreams.streamname',
    endpoint: 'yandex.datastreams.endpoint',
    ...yandexFrom,
  },
  tls: false,
};
