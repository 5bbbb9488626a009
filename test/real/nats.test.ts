import assert from 'node:assert/strict';
import test from 'node:test';
import nats from '../../outputs/nats/index.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import { startService } from '../services/service.ts';
import { corpusArrives, outlivesKill } from '../support/arrivals.ts';
import { eventually } from '../support/eventually.ts';
import { natsReader } from '../support/nats-reader.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What a real nats-server makes of the output. */

test('nats: a real server', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'nats');
  if (service === undefined) return;
  const { NATS_ADDRESS = '', NATS_TLS_ADDRESS, NATS_SEED, NATS_CA = '' } = service;
  const { NATS_USER: username = '', NATS_PASSWORD: password = '' } = service;
  const { NATS_LIMITED_USER: limited } = service;
  const plain = { servers: [NATS_ADDRESS], plaintext: true, username, password };
  const reader = natsReader(t, { address: NATS_ADDRESS, user: username, pass: password });
  await reader.createStream('FALCO', ['falco.>'], { max_msg_size: 100_000 });

  await t.test('the corpus arrives in a stream, each alert once, with every digit', (t) =>
    corpusArrives(t, { type: 'nats', ...plain }, () => reader.readStream('FALCO')),
  );

  await t.test('the corpus comes to who listens', async (t) => {
    const heard = await reader.listen('core.>');
    const subject = 'core.<source>.<priority>';
    await corpusArrives(t, { type: 'nats', ...plain, mode: 'core', subject }, () =>
      Promise.resolve(heard),
    );
  });

  await t.test('the stream stores an alert once that is sent twice', async (t) => {
    await reader.createStream('TWICE', ['twice.>']);
    const { send } = await openOutput(t, nats, { ...plain, subject: 'twice.<rule>' });
    const deliveries = numbered(5);
    assert.equal(verdictOf(await send(deliveries)), 'delivered');
    assert.equal(verdictOf(await send(deliveries)), 'delivered');
    assert.equal((await reader.readStream('TWICE')).length, 5);
  });

  await t.test('over TLS, by an NKEY, in both ways of beginning', async (t) => {
    const secure = { servers: [NATS_TLS_ADDRESS], mode: 'core', nkeySeed: NATS_SEED };
    const { send } = await openOutput(t, nats, secure, { caFiles: [NATS_CA] });
    assert.equal(verdictOf(await send(numbered(3))), 'delivered');
    // As Falcosidekick's client does it: the server demands TLS, so there is.
    const asked = { ...secure, plaintext: true };
    const upgraded = await openOutput(t, nats, asked, { caFiles: [NATS_CA] });
    assert.equal(verdictOf(await upgraded.send(numbered(3))), 'delivered');
    const untrusted = await openOutput(t, nats, secure);
    assert.equal(verdictOf(await untrusted.send()), 'retry/network');
  });

  await t.test('a user who may publish alone, and listen in one place', async (t) => {
    const own = { ...plain, username: limited };
    const answers = await openOutput(t, nats, { ...own, inboxPrefix: 'answers.tocsin' });
    assert.equal(verdictOf(await answers.send()), 'delivered');
    const refused = await openOutput(t, nats, own);
    assert.equal(verdictOf(await refused.send()), 'retry/auth');
    const core = await openOutput(t, nats, { ...own, mode: 'core', subject: '<source>.x' });
    const result = await core.send(numbered(2));
    assert.equal(verdictOf(result), 'retry/auth', JSON.stringify(result));
  });

  const large = deliveryOf(alertWith({ output: 'x'.repeat(120_000) }));
  await t.test(
    'an alert that is too large for the stream is the one that is refused',
    async (t) => {
      const { send } = await openOutput(t, nats, plain);
      const result = await send([...numbered(2), large, ...numbered(1, 2)]);
      assert.ok(result.outcome === 'partial');
      const expected = ['delivered', 'delivered', 'reject/payload', 'delivered'];
      assert.deepEqual(result.results.map(verdictOf), expected);
    },
  );

  const wrong: Readonly<Record<string, readonly [object, string]>> = {
    'a wrong password': [{ ...plain, password: 'planted-secret' }, 'retry/auth'],
    'no login': [{ servers: [NATS_ADDRESS], plaintext: true }, 'retry/auth'],
    'a subject without a stream': [{ ...plain, subject: 'nobody.<rule>' }, 'retry/client'],
    'another stream than is meant': [{ ...plain, stream: 'TWICE' }, 'retry/client'],
    'no TLS where it is wanted': [{ ...plain, plaintext: false }, 'retry/client'],
  };
  for (const [what, [settings, verdict]] of Object.entries(wrong)) {
    await t.test(`${what}: ${verdict}`, async (t) => {
      const { send } = await openOutput(t, nats, settings);
      const result = await send(numbered(2));
      assert.equal(verdictOf(result), verdict, JSON.stringify(result));
      assert.doesNotMatch(JSON.stringify(result), /planted/);
    });
  }

  await t.test('a server that is killed and started again gets the rest', async (t) => {
    await reader.createStream('KILL', ['kill.>']);
    const output = { type: 'nats', ...plain, subject: 'kill.<rule>' };
    await outlivesKill(t, { output, service, read: () => reader.readStream('KILL') });
    await eventually('each is there once', async () => {
      const read = await reader.readStream('KILL');
      return new Set(read).size === read.length;
    });
  });
});
