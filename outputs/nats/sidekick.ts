import { readServerUrl } from '../../src/output/server-url.ts';

/**
 * Falcosidekick's `nats.*`: core NATS, which stores nothing, as its consumers know it. Its client takes
 * neither `checkcert` nor `mutualtls`.
 */
export const sidekick = {
  settings: { subject: 'nats.subjecttemplate' },
  combined: [{ keys: ['nats.hostport'], settings: serversOf }],
  always: { mode: 'core' },
  tls: false,
};

/** One or more URLs; the login is in them, and TLS spoken where the scheme or the server wants it. */
function serversOf(hostPort: unknown): Readonly<Record<string, unknown>> {
  const texts = String(hostPort).split(',');
  const urls = texts.map((text) => readServerUrl(text.trim(), 'nats'));
  const [{ username, password } = { username: '', password: '' }] = urls;
  return {
    servers: urls.map(({ address }) => address),
    plaintext: urls.every(({ scheme }) => scheme !== 'tls'),
    ...loginOf(username, password),
  };
}

/** A name without a password is a token. */
function loginOf(username: string, password: string): Readonly<Record<string, string>> {
  if (username === '') return {};
  return password === '' ? { token: username } : { username, password };
}
