import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { corpusLines } from '../../../test/support/corpus.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  falcoLine,
  falcoLines,
  FILE_SETTINGS,
  followThree,
  prepare,
  rulesOf,
} from '../../../test/support/followed-files.ts';

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

suite('a place is kept', () => {
  test('of every input before it reads a line: a hub that is killed then goes on from there', async (t) => {
    const { start, rules, positions, directory } = prepare(t);
    const names = ['one', 'two', 'three'];
    const pathOf = (name: string): string => join(directory, `${name}.log`);
    for (const name of names) writeFileSync(pathOf(name), falcoLines(3));
    const settings = { ...FILE_SETTINGS, start: 'end' } as const;
    await start(
      Object.fromEntries(names.map((name) => [name, { ...settings, paths: [pathOf(name)] }])),
    );
    // What is written before an input has looked is not its to read.
    const isRead = (at: number): boolean => rules().includes(`R ${100 + at}`);
    await eventually('a line of each is read', () => {
      for (const [at, name] of names.entries()) {
        if (!isRead(at)) appendFileSync(pathOf(name), falcoLines(1, 100 + at));
      }
      return names.every((_, at) => isRead(at));
    });
    for (const name of names) assert.ok(positions().includes(`"${name}":`), name);
  });

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
  assert.equal(new Set(rules()).size, 14);
  assert.equal(rules()[0], 'auditd:sshd_config');
});

test('an event that is no alert is heard from the same sensor as the alerts of its file', async (t) => {
  const { start, stored, path, inputs, quiet, admission } = prepare(t);
  const process = { binary: '/bin/sh', pid: 1 };
  const common = { node_name: 'node-7', time: '2026-08-11T00:04:09.1Z' };
  const kprobe = { process, function_name: 'tcp_connect', policy_name: 'p' };
  const events = [
    { process_exec: { process }, ...common },
    { process_kprobe: kprobe, ...common },
  ];
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await start(inputs);
  await stored(1);
  const [heard] = admission().sensors.rows();
  assert.deepEqual(heard?.labels, { sender: 'file:falco', agent: 'tetragon', hostname: 'node-7' });
  assert.deepEqual(quiet, [heard.labels]);
});
