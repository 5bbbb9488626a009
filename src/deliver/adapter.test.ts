import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Type } from 'typebox';
import { DELIVERED } from '../../test/support/lane-rig.ts';
import type { Connection, OutputDefinition, SendResult } from '../output/define.ts';
import { type Adapter, type AdapterOptions, createAdapter } from './adapter.ts';

/** An output that keeps connections, and what became of each. */
function keeping(open: (nth: number, signal: AbortSignal) => Promise<Partial<Connection>>) {
  const opened: { closed: boolean }[] = [];
  const definition = {
    id: 'kept',
    schema: Type.Object({}),
    async open({ signal }: { signal: AbortSignal }) {
      const own = { closed: false };
      const nth = opened.push(own) - 1;
      const connection = await open(nth, signal);
      return {
        send: async () => DELIVERED,
        close: async () => {
          own.closed = true;
        },
        ...connection,
      };
    },
  } as unknown as OutputDefinition;
  return { adapter: adapterOf(definition), opened };
}

function adapterOf(definition: OutputDefinition): Adapter {
  const http = { close: async () => undefined } as AdapterOptions['http'];
  return createAdapter({
    definition,
    settings: {},
    http,
    network: {} as AdapterOptions['network'],
  });
}

const never = (): Promise<never> => new Promise(() => undefined);
const send = (adapter: Adapter, signal = new AbortController().signal) => adapter.send([], signal);
const outcome = (result: SendResult): string => result.outcome;

test('a connection is opened with the first attempt, and shared by those that follow', async () => {
  const { adapter, opened } = keeping(async () => ({}));
  assert.equal(opened.length, 0);
  const results = await Promise.all([send(adapter), send(adapter), send(adapter)]);
  assert.deepEqual(results.map(outcome), ['delivered', 'delivered', 'delivered']);
  await send(adapter);
  assert.equal(opened.length, 1);
  await adapter.close();
  assert.equal(opened[0]?.closed, true);
});

test('after an attempt that threw the next opens anew; the old one closes with its last user', async () => {
  const held = Promise.withResolvers<SendResult>();
  let attempts = 0;
  const { adapter, opened } = keeping(async (nth) =>
    nth > 0
      ? {}
      : {
          send: async () => {
            attempts += 1;
            if (attempts === 1) return held.promise;
            throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
          },
        },
  );
  const first = send(adapter);
  const second = await send(adapter);
  assert.equal(second.outcome === 'retry' && second.reason, 'network');
  await send(adapter);
  assert.equal(opened.length, 2);
  assert.equal(opened[0]?.closed, false, 'an attempt still uses it');
  held.resolve(DELIVERED);
  assert.equal((await first).outcome, 'delivered');
  await nextTurn();
  assert.equal(opened[0]?.closed, true);
  assert.equal(opened[1]?.closed, false);
});

test('an open that fails is tried again with the next attempt', async () => {
  const { adapter, opened } = keeping(async (nth) => {
    if (nth === 0) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    return {};
  });
  assert.equal((await send(adapter)).outcome, 'retry');
  assert.equal((await send(adapter)).outcome, 'delivered');
  assert.equal(opened.length, 2);
});

test('an open that hangs, deaf to its signal, does not hold up the attempts after it', async () => {
  const { adapter } = keeping((nth) => (nth === 0 ? never() : Promise.resolve({})));
  const deadline = new AbortController();
  void send(adapter, deadline.signal);
  await nextTurn();
  deadline.abort();
  assert.equal((await send(adapter)).outcome, 'delivered');
});

test('a connection on which an attempt ran out of time is not used again', async () => {
  const { adapter, opened } = keeping(async (nth) => (nth === 0 ? { send: never } : {}));
  const deadline = new AbortController();
  void send(adapter, deadline.signal);
  await nextTurn();
  deadline.abort();
  assert.equal((await send(adapter)).outcome, 'delivered');
  assert.equal(opened.length, 2);
});

test('a connection whose closing hangs, or fails, holds up no result', async () => {
  for (const close of [never, () => Promise.reject(new Error('close'))]) {
    const { adapter } = keeping(async (nth) =>
      nth > 0 ? {} : { close, send: () => Promise.reject(new Error('broken')) },
    );
    assert.equal((await send(adapter)).outcome, 'reject');
    assert.equal((await send(adapter)).outcome, 'delivered');
  }
});

test('what an output without a connection throws, before or after its promise, rejects', async () => {
  const definition = {
    id: 'plain',
    schema: Type.Object({}),
    send() {
      throw new Error('at once');
    },
  } as unknown as OutputDefinition;
  await assert.rejects(send(adapterOf(definition)), /at once/);
  const neither = { id: 'neither', schema: Type.Object({}) } as unknown as OutputDefinition;
  await assert.rejects(send(adapterOf(neither)), /neither send nor open/);
});
