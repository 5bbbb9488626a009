import { readServerUrl } from '../../src/output/server-url.ts';

/** Falcosidekick's `rabbitmq.*`: the same messages in the same queue. It has no settings for TLS. */
export const sidekick = {
  settings: { queue: 'rabbitmq.queue' },
  combined: [{ keys: ['rabbitmq.url'], settings: serverOf }],
  always: { contentType: 'text/plain' },
  tls: false,
};

/** @see https://www.rabbitmq.com/docs/uri-spec */
function serverOf(text: unknown): Readonly<Record<string, unknown>> {
  const { scheme, address, username, password, path } = readServerUrl(String(text), 'amqp');
  return {
    address,
    plaintext: scheme !== 'amqps',
    ...(username !== '' && { username, password }),
    ...(path !== '' && { virtualHost: path }),
  };
}
