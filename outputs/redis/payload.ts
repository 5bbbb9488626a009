import type { Delivery } from '../../src/output/define.ts';
import type { Command } from '../../src/output/redis/client.ts';
import type { RedisSettings } from './settings.ts';

/**
 * The commands that store alerts: one for all of them where Redis takes or refuses them together, and
 * one for each in a stream.
 *
 * @see https://redis.io/docs/latest/commands/xadd/
 */
export function commandsOf(
  { store, key, streamLengthMax }: Pick<RedisSettings, 'store' | 'key' | 'streamLengthMax'>,
  deliveries: readonly Delivery[],
): Command[] {
  switch (store) {
    case 'list':
      return [['RPUSH', key, ...deliveries.map(({ json }) => json)]];
    case 'hash':
      return [['HSET', key, ...deliveries.flatMap(({ alert, json }) => [alert.uuid, json])]];
    case 'stream': {
      const trim = streamLengthMax === undefined ? [] : ['MAXLEN', '~', String(streamLengthMax)];
      return deliveries.map((delivery) => ['XADD', key, ...trim, '*', ...entryOf(delivery)]);
    }
  }
}

function entryOf({ alert, json, key }: Delivery): string[] {
  return ['alert', json, 'priority', alert.priority, 'delivery_key', key];
}

/** What a connection begins with. */
export function loginOf({ username, password, database }: RedisSettings): Command[] {
  const user = username === undefined ? [] : [username];
  return [
    ...(password === undefined ? [] : [['AUTH', ...user, password]]),
    ...(database === 0 ? [] : [['SELECT', String(database)]]),
  ];
}
