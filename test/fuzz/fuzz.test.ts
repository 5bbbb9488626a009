import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { readFound } from './found.ts';
import { minimise } from './minimise.ts';
import { failureOf, run } from './run.ts';
import { openTargets } from './targets.ts';
import type { Target } from './target.ts';

/** A minute of `npm run fuzz`, another one each day, and all that it has found before. */

const SECONDS = 60;
const INPUT_SHOWN_MAX = 1000;
/** Another each day, so that what failed today can be looked at today; `npm run fuzz` has its own. */
const seed = Math.floor(Date.now() / (24 * 60 * 60 * 1000));

const NAMES = [
  'json',
  'bodies',
  'verbatim',
  'agents',
  'templates',
  'expressions',
  'configuration',
].concat(
  ['environment', 'credentials', 'answers', 'otlp', 'syslog', 'lines', 'auditd', 'falco-text'],
  ['http-requests', 'http-alerts', 'grpc-calls', 'grpc-batches'],
);

describe('whatever comes', () => {
  const closers: (() => unknown)[] = [];
  let targets: readonly Target[];
  before(async () => {
    targets = await openTargets({ after: (close) => closers.unshift(close) });
  });
  after(async () => {
    for (const close of closers) await close();
  });

  test('every target has its turn here', () => {
    assert.deepEqual(
      targets.map(({ name }) => name),
      NAMES,
    );
  });

  for (const { file, target, input } of readFound()) {
    test(`${file} does not fail again`, async () => {
      const found = targets.find(({ name }) => name === target);
      assert.ok(found, `there is no target ${target}`);
      assert.equal(await failureOf(found, input), undefined);
    });
  }

  for (const name of NAMES) {
    test(`${name}: nothing fails (npm run fuzz -- --seed ${seed} --only ${name})`, async (t) => {
      const target = targets.find((one) => one.name === name);
      assert.ok(target);
      const { rounds, failures } = await run({ target, seed, ms: (SECONDS * 1000) / NAMES.length });
      t.diagnostic(`${rounds} rounds`);
      const told = failures.map(({ round, failure, input }) => {
        return `round ${round}: ${failure}\n${JSON.stringify(input.toString('latin1').slice(0, INPUT_SHOWN_MAX))}`;
      });
      assert.deepEqual(told, []);
      assert.ok(rounds > 0);
    });
  }
});

const planted: Target = {
  name: 'planted',
  seeds: [Buffer.from('{"a":1,"b":[2,3]}')],
  words: ['<&>'],
  memoryBytes: () => 0,
  check(input) {
    const text = input.toString();
    assert.ok(!text.includes('<&>') || !text.includes('b'), 'a planted mistake');
  },
};

test('a planted mistake is found, in the same round each time, and made small', async () => {
  const [first, second] = [
    await run({ target: planted, seed: 7, ms: 3000 }),
    await run({ target: planted, seed: 7, ms: 3000 }),
  ];
  const [failure] = first.failures;
  assert.ok(failure);
  assert.deepEqual(second.failures[0], failure);
  assert.equal(failure.input.length, 4);
});

test('what does not end is ended, and is a failure', async () => {
  const endless = {
    ...planted,
    check: () => {
      for (;;);
    },
  };
  assert.match((await failureOf(endless, Buffer.alloc(0))) ?? '', /timed out/);
});

test('an input is not made smaller than it fails', async () => {
  const fails = async (input: Buffer) => input.includes('ab') && input.includes('yz');
  const input = Buffer.from('0123456789ab0123456789yz0123456789');
  assert.equal((await minimise(input, fails, Number.POSITIVE_INFINITY)).toString(), 'abyz');
});
