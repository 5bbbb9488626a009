import { ownTls } from '../../src/output/sidekick.ts';

/** Falcosidekick's `redis.*`: the same list or hash. */
export const sidekick = {
  settings: {
    address: 'redis.address',
    database: 'redis.database',
    store: { key: 'redis.storagetype', convert: storeOf },
    key: 'redis.key',
    plaintext: { key: 'redis.tls', convert: () => false, whenEmpty: true },
  },
  combined: [
    { keys: ['redis.username', 'redis.password'], settings: login },
    {
      keys: [
        'redis.checkcert',
        'redis.mutualtls',
        'redis.cacertfile',
        'redis.certfile',
        'redis.keyfile',
      ],
      settings: ownTls,
    },
  ],
  // Nothing ever read it.
  ignored: ['redis.version'],
  // It has files of its own.
  tls: false,
};

/** Whatever is not `hashmap` is a list. */
function storeOf(type: unknown): 'hash' | 'list' {
  return String(type).toLowerCase() === 'hashmap' ? 'hash' : 'list';
}

/** A user without a password does not log in. */
function login(username: unknown, password: unknown): Settings {
  if (password === '') return {};
  return username === '' ? { password } : { username, password };
}

type Settings = Readonly<Record<string, unknown>>;
