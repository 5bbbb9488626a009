import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { helpText, readOptions, UsageError } from './options.ts';

const parts = ['ingest', 'start'];

function bench(...args: string[]) {
  const script = join(import.meta.dirname, 'bench.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

test('what is asked for', () => {
  const { quick, json, help, only } = readOptions(['--quick', '--json', '--only', 'start'], parts);
  assert.deepEqual(
    { quick, json, help, only },
    { quick: true, json: true, help: false, only: 'start' },
  );
  assert.equal(readOptions([], parts).only, undefined);
});

test('every part is in the help', () => {
  assert.match(helpText({ ingest: { what: 'taking in' } }), /^ {2}ingest +taking in$/m);
  const { status, stdout, stderr } = bench('--help');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^Usage: npm run bench -- /);
});

test('a mistake is one line, and measures nothing', () => {
  for (const args of [['--quik'], ['--only'], ['--only', 'nothing'], ['quick'], ['--quick=1']]) {
    assert.throws(() => readOptions(args, parts), UsageError, args.join(' '));
  }
  const { status, stdout, stderr } = bench('--quik');
  assert.deepEqual([status, stdout], [2, '']);
  assert.equal(stderr, "bench: Unknown option '--quik'; --help tells what there is.\n");
});
