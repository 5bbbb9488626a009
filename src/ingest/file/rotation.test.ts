import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { suite, test } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import {
  falcoLine,
  falcoLines,
  followThree,
  prepare,
  rulesOf,
} from '../../../test/support/followed-files.ts';

suite('rotation', () => {
  for (const [name, reopens] of [
    ['at once', true],
    ['late', false],
  ] as const) {
    test(`by renaming, where the writer opens the new file ${name}`, async (t) => {
      const { start, stored, rules, path, inputs } = prepare(t);
      writeFileSync(path, falcoLines(3));
      await start(inputs);
      await stored(3);
      renameSync(path, `${path}.1`);
      if (reopens) writeFileSync(path, falcoLines(1, 4));
      else appendFileSync(`${path}.1`, falcoLines(1, 4));
      await stored(4);
      appendFileSync(reopens ? path : `${path}.1`, falcoLines(1, 5));
      await stored(5);
      if (!reopens) writeFileSync(path, falcoLines(1, 6));
      else appendFileSync(path, falcoLines(1, 6));
      await stored(6);
      assert.deepEqual(rules(), rulesOf(6));
    });
  }

  test('by copying and emptying', async (t) => {
    const { stored, rules, path } = await followThree(t);
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, falcoLines(2, 4));
    await stored(5);
    assert.deepEqual(rules(), rulesOf(5));
  });

  test('by copying and emptying, with as much written at once as there was', async (t) => {
    const { stored, rules, path, setFull, logged } = await followThree(t);
    setFull(true);
    appendFileSync(path, falcoLines(1, 4));
    await eventually('it waits', () => logged.some(({ text }) => /reading waits/.test(text)));
    appendFileSync(path, falcoLines(2, 5));
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, falcoLines(20, 7));
    setFull(false);
    await stored(26);
    assert.deepEqual(rules().toSorted(byNumber), rulesOf(26));
  });

  test('while the hub is away, by renaming, twice', async (t) => {
    const { start, stop, stored, rules, path, inputs } = await followThree(t);
    await stop();
    appendFileSync(path, falcoLines(2, 4));
    renameSync(path, `${path}.1`);
    await differentTime();
    writeFileSync(path, falcoLines(2, 6));
    renameSync(`${path}.1`, `${path}.2`);
    renameSync(path, `${path}.1`);
    await differentTime();
    writeFileSync(path, falcoLines(2, 8));
    await start(inputs);
    await stored(9);
    assert.deepEqual(rules().toSorted(byNumber), rulesOf(9));
  });

  test('while the hub is away, by copying and emptying', async (t) => {
    const { start, stop, stored, rules, path, inputs } = await followThree(t);
    await stop();
    appendFileSync(path, falcoLines(2, 4));
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, falcoLines(20, 6));
    await start(inputs);
    await stored(25);
    assert.deepEqual(rules().toSorted(byNumber), rulesOf(25));
  });

  test('that leaves no trace is told', async (t) => {
    const { start, stop, stored, path, inputs, logged, metric } = await followThree(t);
    await stop();
    rmSync(path);
    writeFileSync(`${path}.next`, falcoLines(1, 4));
    renameSync(`${path}.next`, path);
    await start(inputs);
    await stored(4);
    await eventually('it is told', () => logged.some(({ text }) => /may be missing/.test(text)));
    assert.match(await metric('tocsin_file_gaps_total'), /\{name="falco"\} 1/);
  });

  test('ends a file that is not written any more, its last line without an end', async (t) => {
    const { start, stored, rules, path, inputs, metric } = prepare(t, {}, 50);
    writeFileSync(path, `${falcoLines(1)}${falcoLine('R 2')}`);
    await start(inputs);
    await stored(1);
    renameSync(path, `${path}.1`);
    await stored(2);
    assert.deepEqual(rules(), rulesOf(2));
    await eventually('it is closed', async () =>
      /\{name="falco"\} 0/.test(await metric('tocsin_files_open')),
    );
  });
});

/** By the number in `R 12`. */
function byNumber(one: string, other: string): number {
  return Number(one.slice(2)) - Number(other.slice(2));
}

/** Rotations happen at different times, even for a clock that counts in ticks. */
async function differentTime(): Promise<void> {
  const startedMs = Date.now();
  await eventually('some time passes', () => Date.now() - startedMs > 20);
}
