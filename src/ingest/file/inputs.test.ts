import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { corpusLines } from '../../../test/support/corpus.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  falcoLine,
  falcoLines,
  FILE_SETTINGS,
  followFiles,
  rulesOf,
} from '../../../test/support/followed-files.ts';
import type { FileInputSettings } from './settings.ts';

/** Inputs, a file and the input that follows it. */
function prepare(t: TestContext, settings: Partial<FileInputSettings> = {}, movedMs?: number) {
  const files = followFiles(t, movedMs);
  const path = join(files.directory, 'falco.log');
  const inputs = { falco: { ...FILE_SETTINGS, paths: [path], ...settings } };
  return { ...files, path, inputs };
}

/** Likewise, when three alerts of the file are stored. */
async function followThree(t: TestContext) {
  const files = prepare(t);
  writeFileSync(files.path, falcoLines(3));
  await files.start(files.inputs);
  await files.stored(3);
  return files;
}

suite('a file is followed', () => {
  test('as it grows, in order, whatever wraps its lines', async (t) => {
    const { stored, rules, path, faults } = await followThree(t);
    const text = 'Notice A shell (user=root)';
    appendFileSync(path, `2026-08-11T00:04:09.1Z stdout P ${text.slice(0, 9)}\n`);
    appendFileSync(path, `2026-08-11T00:04:09.1Z stdout F ${text.slice(9)}\n`);
    await stored(4);
    appendFileSync(path, falcoLine('half').slice(0, 40));
    appendFileSync(path, `${falcoLine('half').slice(40)}\n`);
    await stored(5);
    assert.deepEqual(rules(), [...rulesOf(3), 'A shell', 'half']);
    assert.deepEqual(faults, []);
  });

  test('from its end, where it was there before', async (t) => {
    const { start, stored, stop, rules, path, inputs, metric } = prepare(t, { start: 'end' });
    writeFileSync(path, `${falcoLines(3)}${falcoLine('cut').slice(0, 50)}`);
    await start(inputs);
    await eventually('it is seen', async () => /\} 1/.test(await metric('tocsin_files_open')));
    await stop();
    appendFileSync(path, `${falcoLine('cut').slice(50)}\n${falcoLines(2, 4)}`);
    await start(inputs);
    await stored(2);
    assert.deepEqual(rules(), rulesOf(2, 4));
  });

  test('without a digit lost, and by its own format each', async (t) => {
    const { start, stored, admission, path, inputs } = prepare(t);
    writeFileSync(path, `${corpusLines.join('\n')}\n`);
    await start(inputs);
    await stored(corpusLines.length - 5);
    const json = admission()
      .stored.map((alert) => alert.json)
      .join('\n');
    for (const [literal] of json.matchAll(/"evt\.time":\d{19}/g)) {
      assert.ok(corpusLines.some((line) => line.includes(literal)));
    }
    assert.ok(/"evt\.time":\d{19}/.test(json));
  });

  test('through a symbolic link, and by a glob that finds new files', async (t) => {
    const { start, stored, rules, directory } = prepare(t);
    mkdirSync(join(directory, 'pods'));
    writeFileSync(join(directory, 'pods', '0.log'), falcoLines(1));
    symlinkSync(join(directory, 'pods', '0.log'), join(directory, 'falco-a.log'));
    writeFileSync(join(directory, 'other.log'), falcoLines(1, 100));
    writeFileSync(join(directory, 'falco-old.log.gz'), falcoLines(1, 200));
    await start({ pods: { ...FILE_SETTINGS, paths: [join(directory, 'falco-*')] } });
    await stored(1);
    writeFileSync(join(directory, 'falco-b.log'), falcoLines(1, 2));
    await stored(2);
    assert.deepEqual(rules(), rulesOf(2));
  });
});

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

suite('a place is kept', () => {
  test('across restarts, and lines that are read again are known', async (t) => {
    const { start, stop, stored, rules, path, inputs, positions, metric } = await followThree(t);
    await stop();
    const before = positions();
    appendFileSync(path, falcoLines(2, 4));
    await start(inputs);
    await stored(5);
    await stop();
    assert.deepEqual(rules(), rulesOf(5));
    // As if the last positions had not come to the disk.
    writeFileSync(join(path, '../../queue/file-inputs.json'), before);
    appendFileSync(path, falcoLines(1, 6));
    await start(inputs);
    await stored(6);
    assert.deepEqual(rules(), rulesOf(6));
    assert.match(await metric('tocsin_alerts_duplicate_total'), /\{input="file"\} 2/);
  });

  test('behind nothing that could not be stored', async (t) => {
    const { start, stop, stored, rules, path, inputs, setFull, logged } = prepare(t);
    setFull(true);
    writeFileSync(path, falcoLines(3));
    await start(inputs);
    await eventually('it waits', () => logged.some(({ text }) => /reading waits/.test(text)));
    await stop();
    setFull(false);
    await start(inputs);
    await stored(3);
    assert.deepEqual(rules(), rulesOf(3));
  });

  test('until a line that was begun is whole', async (t) => {
    const { start, stop, stored, rules, path, inputs } = prepare(t);
    const line = falcoLine('R 2');
    writeFileSync(path, falcoLines(1));
    appendFileSync(path, `2026-08-11T00:04:09.1Z stdout P ${line.slice(0, 30)}\n`);
    appendFileSync(path, falcoLines(1, 3));
    await start(inputs);
    await stored(2);
    await stop();
    appendFileSync(path, `2026-08-11T00:04:09.1Z stdout F ${line.slice(30)}\n`);
    await start(inputs);
    await stored(3);
    assert.deepEqual(rules(), ['R 1', 'R 3', 'R 2']);
  });

  test('or set aside, where what is kept is damaged', async (t) => {
    const { start, stop, stored, path, inputs, logged } = prepare(t);
    writeFileSync(path, falcoLines(1));
    await start(inputs);
    await stored(1);
    await stop();
    const kept = join(path, '../../queue/file-inputs.json');
    for (const text of ['', '{"version":1,"inputs":{"falco":[{"path":5}]}}', '{"version":2}']) {
      writeFileSync(kept, text);
      await start(inputs);
      await stop();
      assert.equal(readFileSync(`${kept}.damaged`, 'utf8'), text);
    }
    assert.equal(logged.filter(({ text }) => /set aside/.test(text)).length, 3);
  });
});

suite('what is wrong is told, and is nobody else\u2019s trouble', () => {
  test('a file that is not there yet, or may not be read', async (t) => {
    const { start, stored, path, inputs, logged } = prepare(t, { start: 'end' });
    const fields = () => logged.map((line) => (line.fields as { code?: string }).code);
    await start(inputs);
    await eventually('it is told', () => fields().includes('ENOENT'));
    mkdirSync(path);
    await eventually('it is told', () => fields().includes('EISDIR'));
    rmSync(path, { recursive: true });
    writeFileSync(path, falcoLines(2));
    await stored(2);
    assert.ok(logged.some(({ text }) => text === 'The file can be read now.'));
    assert.ok(logged.length < 8);
    chmodSync(path, 0o600);
  });

  test('lines that are too long, no alert or of another format', async (t) => {
    const settings = { lineBytesMax: 1000, format: 'falco' } as const;
    const { start, stored, rules, path, inputs, metric, logged } = prepare(t, settings);
    const long = falcoLine('x'.repeat(2000));
    const audit = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"Panic","auditID":"a"}';
    const lines = [falcoLine('R 1'), long, 'Falco version 1', '{broken', audit, '', '{"rule":"x"}'];
    writeFileSync(path, `${lines.join('\n')}\n${falcoLines(1, 2)}${'y'.repeat(600_000)}`);
    await start(inputs);
    await stored(2);
    appendFileSync(path, `${'y'.repeat(600_000)}\n${falcoLines(1, 3)}`);
    await stored(3);
    assert.deepEqual(rules(), rulesOf(3));
    const rejected = await metric('tocsin_alerts_rejected_total');
    assert.match(rejected, /code="line_too_long"\} 2\n/);
    assert.match(rejected, /code="invalid_json"\} 1\n/);
    assert.match(rejected, /code="wrong_format"\} 1\n/);
    assert.match(rejected, /code="priority_missing"\} 1/);
    assert.match(await metric('tocsin_lines_total'), /result="no_alert"\} 1\n/);
    assert.ok(logged.every(({ fields }) => !JSON.stringify(fields).includes('xxxx')));
  });
});

suite('the configuration says', () => {
  test('which files, and a reload adds and removes them', async (t) => {
    const { start, reload, stored, rules, path, inputs, faults } = prepare(t);
    writeFileSync(path, falcoLines(1));
    writeFileSync(`${path}.b`, falcoLines(1, 2));
    await start(inputs);
    await stored(1);
    const more = { ...FILE_SETTINGS, paths: [`${path}.b`] };
    await reload({ ...inputs, more });
    await stored(2);
    await reload({ more });
    appendFileSync(path, falcoLines(1, 3));
    appendFileSync(`${path}.b`, falcoLines(1, 4));
    await stored(3);
    assert.deepEqual(rules(), ['R 1', 'R 2', 'R 4']);
    assert.deepEqual(faults, []);
  });

  test('the host and the cluster of alerts', async (t) => {
    const { start, stored, path, inputs, admission } = prepare(t, {
      hostname: 'node-9',
      cluster: 'prod',
    });
    const audit = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      stage: 'Panic',
      auditID: 'a',
      stageTimestamp: '2026-08-11T00:04:09.000000Z',
    };
    writeFileSync(path, `12:00:00.5: Notice A shell\n${JSON.stringify(audit)}\n`);
    await start(inputs);
    await stored(2);
    const [shell, panic] = admission().stored;
    assert.equal(shell?.hostname, 'node-9');
    assert.equal(panic?.hostname, 'prod');
    assert.match(panic?.json ?? '', /"ka.cluster.identity":"file:prod"/);
    assert.match(shell?.ingest ?? '', /"input":"file","agent":"falco".*"identity":"file:falco"/);
    assert.match(panic?.ingest ?? '', /"agent":"k8s_audit"/);
  });
});

test("auditd's log is read event by event, across restarts", async (t) => {
  const { start, stop, stored, rules, path, inputs, positions, metric } = prepare(t);
  const log = readFileSync(new URL('../../../test/data/auditd/audit.log', import.meta.url), 'utf8');
  const [first = '', second = '', ...others] = log.split('\n');
  writeFileSync(path, `${first}\n${second}\n`);
  await start(inputs);
  await eventually('it is seen', async () => /\} 1/.test(await metric('tocsin_files_open')));
  await stop();
  assert.match(positions(), /"offset":0/);
  appendFileSync(path, others.join('\n'));
  await start(inputs);
  await stored(14);
  assert.equal(new Set(rules()).size, 13);
  assert.equal(rules()[0], 'auditd:sshd_config');
});
