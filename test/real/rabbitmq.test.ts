import assert from 'node:assert/strict';
import test from 'node:test';
import rabbitmq from '../../outputs/rabbitmq/index.ts';
import { verdictOf } from '../contract/attempt.ts';
import { type ServiceValues, startService } from '../services/service.ts';
import { corpusArrives, outlivesKill } from '../support/arrivals.ts';
import { numbered, openOutput } from '../support/open-output.ts';

/** What a real RabbitMQ makes of the output; its management API reads it back. */

test('rabbitmq: a real server', { timeout: 600_000 }, async (t) => {
  const service = await startService(t, 'rabbitmq');
  if (service === undefined) return;
  const { RABBITMQ_ADDRESS: address, RABBITMQ_TLS_ADDRESS, RABBITMQ_CA = '' } = service;
  const { RABBITMQ_USER: username, RABBITMQ_PASSWORD: password } = service;
  const plain = { address, plaintext: true, username, password };
  const api = apiOf(service);

  await t.test('the corpus arrives in a queue, each alert once, with every digit', async (t) => {
    await api.declare('corpus');
    const output = { type: 'rabbitmq', ...plain, queue: 'corpus' };
    await corpusArrives(t, output, () => api.read('corpus'));
  });

  await t.test('over TLS, by an exchange that sorts by priority', async (t) => {
    await api.declare('warnings');
    await api.bind('amq.topic', 'warnings', 'falco.warning.#');
    const settings = { address: RABBITMQ_TLS_ADDRESS, username, password, exchange: 'amq.topic' };
    const { send } = await openOutput(t, rabbitmq, settings, { caFiles: [RABBITMQ_CA] });
    assert.equal(verdictOf(await send(numbered(5))), 'delivered');
    const messages = await api.messages('warnings');
    const [first] = messages;
    assert.equal(messages.length, 5);
    assert.equal(first?.properties.message_id, numbered(1)[0]?.key);
    assert.equal(first?.properties.delivery_mode, 2);
    assert.equal(first?.routing_key, 'falco.warning.read_sensitive_file_untrusted');
  });

  await t.test(
    'a queue that is full refuses, and takes what comes when there is room',
    async (t) => {
      await api.declare('full', { 'x-max-length': 2, 'x-overflow': 'reject-publish' });
      const { send } = await openOutput(t, rabbitmq, { ...plain, queue: 'full' });
      assert.equal(verdictOf(await send(numbered(2))), 'delivered');
      assert.equal(verdictOf(await send(numbered(2))), 'retry/server');
      await api.purge('full');
      assert.equal(verdictOf(await send(numbered(2))), 'delivered');
    },
  );

  const wrong: Readonly<Record<string, readonly [object, string]>> = {
    'a wrong password': [{ ...plain, password: 'planted-secret', queue: 'corpus' }, 'retry/auth'],
    'no such virtual host': [{ ...plain, virtualHost: 'nope', queue: 'corpus' }, 'retry/auth'],
    'no such queue': [{ ...plain, queue: 'nope' }, 'retry/client'],
    'no such exchange': [{ ...plain, exchange: 'nope' }, 'retry/client'],
    'TLS where it is not': [{ ...plain, plaintext: false, queue: 'corpus' }, 'retry/network'],
  };
  for (const [what, [settings, verdict]] of Object.entries(wrong)) {
    await t.test(`${what}: ${verdict}`, async (t) => {
      const { send } = await openOutput(t, rabbitmq, settings);
      const result = await send(numbered(2));
      assert.equal(verdictOf(result), verdict, JSON.stringify(result));
      assert.doesNotMatch(JSON.stringify(result), /planted/);
    });
  }

  await t.test('a server that is killed and started again gets the rest', async (t) => {
    await api.declare('kill');
    const output = { type: 'rabbitmq', ...plain, queue: 'kill' };
    await outlivesKill(t, { output, service, read: () => api.read('kill') });
  });
});

interface Message {
  readonly payload: string;
  readonly routing_key: string;
  readonly properties: { readonly message_id?: string; readonly delivery_mode?: number };
}

/** The management API of RabbitMQ. */
function apiOf({ RABBITMQ_API = '', RABBITMQ_USER, RABBITMQ_PASSWORD }: ServiceValues) {
  const login = Buffer.from(`${RABBITMQ_USER}:${RABBITMQ_PASSWORD}`).toString('base64');
  const headers = { authorization: `Basic ${login}`, 'content-type': 'application/json' };
  async function call(method: string, path: string, body: object = {}): Promise<Response> {
    const request = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${RABBITMQ_API}/${path}`, request);
    assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
    return response;
  }

  async function messages(queue: string): Promise<Message[]> {
    const request = { count: 100_000, ackmode: 'ack_requeue_true', encoding: 'auto' };
    return (await call('POST', `queues/%2F/${queue}/get`, request)).json() as Promise<Message[]>;
  }

  return {
    messages,
    read: async (queue: string) => (await messages(queue)).map(({ payload }) => payload),
    declare: (queue: string, limits: object = {}) =>
      call('PUT', `queues/%2F/${queue}`, { durable: true, arguments: limits }),
    bind: (exchange: string, queue: string, routing_key: string) =>
      call('POST', `bindings/%2F/e/${exchange}/q/${queue}`, { routing_key }),
    purge: (queue: string) => call('DELETE', `queues/%2F/${queue}/contents`),
  };
}
