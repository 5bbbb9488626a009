import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DEAF, DELIVERED, REJECTED, retry } from '../../test/support/scripted-peer.ts';
import { WatchedClock } from '../../test/support/watched-clock.ts';
import { newAlert } from '../../test/support/store-rig.ts';
import type { SendResult } from '../output/define.ts';
import type { StoredAlert } from '../queue/queue.ts';
import { attempt, type AttemptResult, type Send } from './attempt.ts';

/** What an adapter may do wrong, and what an attempt makes of it. */

const TIMEOUT_MS = 1000;

function stored(count: number): StoredAlert[] {
  return Array.from({ length: count }, (_, i) => {
    const { json, ingest, receivedAtMs } = newAlert();
    return { position: { shard: 4, n: i + 1 }, json, ingest, receivedAtMs };
  });
}

async function attempted(
  send: Send,
  { count = 1, clock = new WatchedClock(), stop = new AbortController().signal } = {},
): Promise<AttemptResult & { tookMs: number }> {
  const redact = (text: string): string => text.replaceAll('s3cret', '***');
  const options = { send, timeoutMs: TIMEOUT_MS, clock, stop, redact };
  const startMs = clock.monotonicMs();
  const attempting = attempt(stored(count), options).then((landed) => ({
    ...landed,
    tookMs: clock.monotonicMs() - startMs,
  }));
  await clock.run(10 * TIMEOUT_MS);
  return attempting;
}

const answering = (result: unknown, count = 1): Promise<AttemptResult> =>
  attempted(async () => result as SendResult, { count });

const outcomes = ({ results }: AttemptResult): string[] =>
  results.map((one) =>
    one.outcome === 'delivered' ? one.outcome : `${one.outcome}/${one.reason}`,
  );

for (const [what, result] of Object.entries({
  nothing: undefined,
  null: null,
  text: 'delivered',
  'an unknown outcome': { outcome: 'ok' },
  'a reason that is none': { outcome: 'retry', reason: 'mood', detail: 'x' },
  'a failure without a detail': { outcome: 'reject', reason: 'payload' },
  'a partial without results': { outcome: 'partial' },
})) {
  test(`an adapter that answers ${what} has a bug, and every alert has a result`, async () => {
    const landed = await answering(result, 2);
    assert.deepEqual(outcomes(landed), ['reject/bug', 'reject/bug']);
    assert.equal(landed.whole, true);
  });
}

test('a partial answer that is too short or too long is a retry for all of them', async () => {
  for (const length of [0, 1, 3]) {
    const results = Array.from({ length }, () => DELIVERED);
    const landed = await answering({ outcome: 'partial', results }, 2);
    assert.deepEqual(outcomes(landed), ['retry/server', 'retry/server'], `${length} results`);
  }
});

test('a partial answer keeps its order, and what is no single result in it is a bug', async () => {
  const nested = { outcome: 'partial', results: [DELIVERED] };
  const results = [DELIVERED, REJECTED, nested, undefined, retry('server'), DELIVERED];
  assert.deepEqual(outcomes(await answering({ outcome: 'partial', results }, 6)), [
    'delivered',
    'reject/payload',
    'reject/bug',
    'reject/bug',
    'retry/server',
    'delivered',
  ]);
  const holes = { outcome: 'partial', results: Object.assign(Array(2), { 1: DELIVERED }) };
  assert.deepEqual(outcomes(await answering(holes, 2)), ['reject/bug', 'delivered']);
});

test('Retry-After is kept between 0 and an hour, whatever the adapter makes of it', async () => {
  for (const [asked, kept] of [
    [5000, 5000],
    [-5, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 3_600_000],
    [1e15, 3_600_000],
  ] as const) {
    const [result] = (await answering(retry('rateLimited', asked))).results;
    assert.equal(result?.outcome === 'retry' && result.afterMs, kept, String(asked));
  }
});

test('a detail is cut, and holds no secret', async () => {
  const detail = `s3cret ${'x'.repeat(1000)}`;
  const [result] = (await answering({ ...REJECTED, detail })).results;
  assert.ok(result?.outcome === 'reject');
  assert.ok(result.detail.startsWith('*** xxx'));
  assert.equal(result.detail.length, 300);
  const [thrown] = (
    await attempted(() => {
      throw new Error('with s3cret inside');
    })
  ).results;
  assert.ok(thrown?.outcome === 'reject' && thrown.detail.includes('***'), JSON.stringify(thrown));
});

test('an answer just after the deadline counts, a later one does not', async () => {
  const clock = new WatchedClock();
  const late =
    (byMs: number): Send =>
    async () => {
      await clock.sleep(TIMEOUT_MS + byMs);
      return DELIVERED;
    };
  assert.deepEqual(outcomes(await attempted(late(900), { clock })), ['delivered']);
  assert.deepEqual(outcomes(await attempted(late(1100), { clock })), ['retry/timeout']);
});

test('an adapter that fails long after it was left behind is not heard of again', async () => {
  const clock = new WatchedClock();
  const landed = await attempted(
    async () => {
      await clock.sleep(5 * TIMEOUT_MS);
      throw new Error('too late');
    },
    { clock },
  );
  assert.deepEqual(outcomes(landed), ['retry/timeout']);
});

test('an adapter that ignores that the hub stops is left behind a second later', async () => {
  const clock = new WatchedClock();
  const stop = new AbortController();
  clock.after(300, () => stop.abort());
  const stopped = await attempted(DEAF as Send, { clock, stop: stop.signal });
  assert.deepEqual(outcomes(stopped), ['retry/timeout']);
  assert.equal(stopped.tookMs, 1300);
  const late = await attempted(DEAF as Send, { clock, stop: stop.signal });
  assert.equal(late.tookMs, 1000, 'also when it had stopped before');
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('the signals of attempts that ended are forgotten while the lane goes on', async () => {
  const clock = new WatchedClock();
  const stop = new AbortController();
  const signals: WeakRef<AbortSignal>[] = [];
  for (let i = 0; i < 20; i += 1) {
    const send: Send = async (_, signal) => {
      signals.push(new WeakRef(signal));
      return DELIVERED;
    };
    await attempted(send, { clock, stop: stop.signal });
  }
  await nextTurn();
  collectGarbage();
  await nextTurn();
  collectGarbage();
  const kept = signals.filter((signal) => signal.deref() !== undefined).length;
  assert.ok(kept <= 2, `${kept} of 20 are kept`);
  assert.equal(stop.signal.aborted, false);
});

test('attempts leave no timer and no listener behind', async () => {
  const clock = new WatchedClock();
  const stop = new AbortController();
  const sends: Send[] = [
    async () => DELIVERED,
    DEAF as Send,
    async () => {
      throw new Error('x');
    },
  ];
  for (const send of sends) await attempted(send, { clock, stop: stop.signal });
  assert.equal(clock.timers, 0);
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
});

test('an answer that cannot be read, or says another length than it has, ends nothing', async () => {
  const unreadable = new Proxy([DELIVERED], {
    get: () => {
      throw new Error('not this one');
    },
  });
  const landed = await answering({ outcome: 'partial', results: unreadable });
  assert.deepEqual(outcomes(landed), ['reject/bug']);
  const long = new Proxy([DELIVERED, DELIVERED, DELIVERED], {
    get: (target, key) => (key === 'length' ? 2 : (Reflect.get(target, key) as unknown)),
  });
  const cut = await answering({ outcome: 'partial', results: long }, 2);
  assert.deepEqual(outcomes(cut), ['delivered', 'delivered']);
  const once = {
    outcome: 'retry',
    get reason() {
      throw new Error('s3cret');
    },
  };
  assert.deepEqual(outcomes(await answering(once)), ['reject/bug']);
});

test('what is thrown may be anything', async () => {
  const nameless = Object.assign(new Error('x'), { name: Symbol('none') });
  for (const thrown of [undefined, null, Symbol('x'), Object.create(null), nameless]) {
    const landed = await attempted(() => {
      throw thrown as Error;
    });
    assert.deepEqual(outcomes(landed), ['reject/bug'], typeof thrown);
  }
});
