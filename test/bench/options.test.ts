import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

function bench(...args: string[]) {
  const script = join(import.meta.dirname, 'bench.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

test('help names every part, and measures nothing', () => {
  const { status, stdout, stderr } = bench('--help', '--quick');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^Usage: npm run bench -- /);
  for (const part of ['start', 'ingest', 'delivery', 'waiting', 'backlog', 'kafka']) {
    assert.match(stdout, new RegExp(`^ {2}${part} +\\w`, 'm'));
  }
});

test('a mistake is one line, and measures nothing', () => {
  const mistakes = [['--quik'], ['--only'], ['--only', 'nothing'], ['quick'], ['--quick=1']];
  for (const args of mistakes) {
    const { status, stdout, stderr } = bench(...args);
    assert.deepEqual([status, stdout], [2, ''], args.join(' '));
    assert.match(stderr, /^bench: [^\n]+\n$/);
  }
});
