import assert from 'node:assert/strict';
import test, { before, suite } from 'node:test';
import { Worker } from 'node:worker_threads';
import { growthFailure } from './growth/measure.ts';
import { grownTexts, type Parser } from './growth/parser.ts';

/**
 * No input makes a parser work more than its length is worth: each reads inputs of 4 to 128 Ki
 * characters, each twice as long as the one before, in a thread of little memory.
 */

/** MiB. The parsers themselves take a third of it. */
const MEMORY_MAX = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32 };

const NAMES = ['syslog', 'syslog in a stream', 'auditd', 'wrapped lines', 'lines in parts'].concat(
  ['Falco text', 'JSON', 'Falco', 'Tracee', 'Tetragon', 'Alertmanager', 'Kubernetes audit'],
  ['CloudEvents', 'CloudEvents in headers', 'OTLP as JSON', 'OTLP as protobuf'],
  ['mappings', 'paths of mappings', 'templates', 'CEL'],
);

interface Measured {
  readonly name: string;
  readonly inputs: number;
  readonly failures: readonly string[];
}

type Told = Measured | { readonly begins: string };

suite('CPU and memory grow with the input, and not faster', () => {
  const measured = new Map<string, Measured>();
  before(async () => {
    let begun = '';
    const worker = new Worker(new URL('./growth/worker.ts', import.meta.url), {
      resourceLimits: MEMORY_MAX,
    });
    worker.on('message', (told: Told) => {
      if ('begins' in told) begun = told.begins;
      else measured.set(told.name, told);
    });
    await new Promise<void>((resolve, reject) => {
      worker.on('exit', () => resolve());
      worker.on('error', (error) => reject(new Error(`${begun}: ${error.message}`)));
    });
  });

  test('of every parser', () => {
    assert.deepEqual([...measured.keys()].sort(), NAMES.toSorted());
  });

  for (const name of NAMES) {
    test(name, (t) => {
      const { inputs = 0, failures = [] } = measured.get(name) ?? {};
      t.diagnostic(`${inputs} kinds of input`);
      assert.deepEqual(failures, []);
      assert.ok(inputs > 0);
    });
  }
});

test('what grows with the square of its input is found', () => {
  const square: Parser = {
    name: 'planted',
    inputs: grownTexts([''], ['a'], ['!']),
    read: (input) => /a+$/.test(input.toString()),
  };
  assert.match(growthFailure(square, square.inputs[0]!) ?? '', /^planted: /);
  const even = { ...square, read: (input: Buffer) => /^a+$/.test(input.toString()) };
  assert.equal(growthFailure(even, even.inputs[0]!), undefined);
});
