import assert from 'node:assert/strict';
import test from 'node:test';
import { settingsOf } from '../../test/contract/attempt.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import nats from './index.ts';
import type { NatsSettings } from './settings.ts';

const settings = settingsOf(nats, { servers: ['nats'] }).values as NatsSettings;

const MISTAKES: readonly (readonly [own: Partial<NatsSettings>, path: string])[] = [
  [{ servers: ['nats://nats'] }, 'servers.0'],
  [{ subject: 'a.*' }, 'subject'],
  [{ plaintext: true, tlsFirst: true }, 'tlsFirst'],
  [{ mode: 'core', stream: 'FALCO' }, 'stream'],
  [{ username: 'falco' }, 'password'],
  [{ password: 'secret' }, 'username'],
  [{ username: 'falco', password: 'secret', token: 'token' }, 'token'],
  [{ nkeySeed: 'UDXU4RCSJNZ' }, 'nkeySeed'],
  [{ credentials: '/run/secrets/nats.creds' }, 'credentials'],
];

for (const [own, path] of MISTAKES) {
  test(`${JSON.stringify(own)}: ${path} is wrong`, () => {
    const mistakes = nats.validate?.({ ...settings, ...own }) ?? [];
    assert.deepEqual(
      mistakes.map((mistake) => mistake.path),
      [path],
    );
  });
}

const load = (own: object) => loadSidekick({ nats: own });
const STANDARD = {
  servers: ['nats:4222'],
  mode: 'core',
  subject: 'falco.<priority>.<rule>',
  plaintext: true,
  tlsFirst: false,
  inboxPrefix: '_INBOX',
};

test("Falcosidekick's subjects stay as they were, and so does who stores them: nobody", async () => {
  const { settings, misconfigured } = await load({ hostport: 'nats://nats:4222' });
  assert.deepEqual(misconfigured, []);
  assert.deepEqual(settings, STANDARD);
});

test("what Falcosidekick's URL says counts", async () => {
  const hostport = 'tls://falco:p%40ss@a.example:4222, nats://b.example:4222';
  const { settings } = await load({ hostport, subjecttemplate: 'x.<rule>' });
  assert.deepEqual(settings, {
    ...STANDARD,
    servers: ['a.example:4222', 'b.example:4222'],
    plaintext: false,
    subject: 'x.<rule>',
    username: 'falco',
    password: 'p@ss',
  });
  const token = await load({ hostport: 'nats://s3cr3t@nats' });
  assert.equal(token.settings?.['token'], 's3cr3t');
  assert.deepEqual((await load({ hostport: 'nats' })).settings?.['servers'], ['nats']);
});

test('a URL that is none turns the output off', async () => {
  const { settings, misconfigured } = await load({ hostport: 'nats://' });
  assert.equal(settings, undefined);
  assert.equal(misconfigured.length, 1);
});
