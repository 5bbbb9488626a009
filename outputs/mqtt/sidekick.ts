import { readServerUrl } from '../../src/output/server-url.ts';

/** Falcosidekick's `mqtt.*`: the same messages on the same topic, in the version it spoke. */
export const sidekick = {
  settings: {
    topic: 'mqtt.topic',
    qos: { key: 'mqtt.qos', whenEmpty: 0 },
    retain: 'mqtt.retained',
  },
  combined: [
    { keys: ['mqtt.broker'], settings: brokerOf },
    { keys: ['mqtt.user', 'mqtt.password'], settings: login },
  ],
  always: { version: '3.1.1' },
};

type Settings = Readonly<Record<string, unknown>>;

const SCHEMES: ReadonlySet<string> = new Set(['tcp', 'mqtt', 'ssl', 'tls', 'mqtts']);
const PLAIN: ReadonlySet<string> = new Set(['tcp', 'mqtt']);

/** What it speaks besides (`ws`) stays a URL, which is refused. */
function brokerOf(text: unknown): Settings {
  const { scheme, address } = readServerUrl(String(text), 'tcp');
  if (!SCHEMES.has(scheme)) return { address: String(text) };
  return { address, plaintext: PLAIN.has(scheme) };
}

/** A password without a user is no login. */
function login(username: unknown, password: unknown): Settings {
  if (username === '') return {};
  return password === '' ? { username } : { username, password };
}
