import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { corpusLines } from '../../../test/support/corpus.ts';
import { readFalcoLine, unescapeFalcoLine } from './falco-line.ts';

const NOW_MS = Date.parse('2026-08-11T12:00:00Z');
const lines = readFileSync(new URL('../../../test/data/corpus/falco-stdout.log', import.meta.url))
  .toString()
  .trimEnd()
  .split('\n');

function read(line: string, nowMs = NOW_MS): Readonly<Record<string, unknown>> {
  const document = readFalcoLine(unescapeFalcoLine(line), nowMs);
  assert.ok(document, line);
  return document;
}

function fieldsOf(message: string): unknown {
  return read(`Notice ${message}`)['output_fields'];
}

suite('the corpus', () => {
  test('every line but what Falco says of itself is an alert', () => {
    const noise = lines.filter(
      (line) => readFalcoLine(unescapeFalcoLine(line), NOW_MS) === undefined,
    );
    assert.ok(lines.length > 150);
    assert.ok(noise.length <= 9);
    assert.ok(noise.every((line) => /Falco version|event sources|severity:|rule name:/.test(line)));
  });

  test('the output of each JSON alert that has a prefix is its line, with the same priority', () => {
    let count = 0;
    for (const line of corpusLines) {
      const { output, priority } = JSON.parse(line) as { output?: string; priority: string };
      const document = readFalcoLine(output ?? '', NOW_MS);
      if (document === undefined) continue;
      count += 1;
      assert.equal(document['priority'], priority);
    }
    assert.ok(count > 150);
  });

  test('the rule is the one of the JSON alert, for what people see most', () => {
    const wanted = new Map(corpusLines.map((line) => ruleAndOutput(line)));
    for (const rule of ['Terminal shell in container', 'Read sensitive file untrusted']) {
      const outputs = [...wanted].filter(([, name]) => name === rule).map(([output]) => output);
      const named = outputs.filter((output) => /\S: \S+ \S+ \S+ \S+/.test(output));
      assert.ok(
        named.some((output) => readFalcoLine(output, NOW_MS)?.['rule'] === rule),
        rule,
      );
    }
  });
});

function ruleAndOutput(line: string): readonly [output: string, rule: string] {
  const { output = '', rule } = JSON.parse(line) as { output?: string; rule: string };
  return [output, rule];
}

suite('the time', () => {
  const cases = [
    ['11:59:59.123456789', '2026-08-11T11:59:59.123456789Z'],
    ['23:59:59.5', '2026-08-11T23:59:59.5Z', '2026-08-11T12:30:00Z'],
    ['23:59:59.5', '2026-08-10T23:59:59.5Z', '2026-08-11T00:00:01Z'],
    ['00:00:01.25', '2026-08-11T00:00:01.25Z', '2026-08-11T23:59:00Z'],
    ['16:23:45.1234567890', '2026-08-10T16:23:45.123456789Z', '2026-08-11T01:00:00Z'],
    ['2026-08-11T02:03:57.123456789+0000', '2026-08-11T02:03:57.123456789Z'],
    ['2026-08-11T02:03:57.5+0530', '2026-08-10T20:33:57.5Z'],
  ] as const;
  for (const [sent, time, now = '2026-08-11T12:00:00Z'] of cases) {
    test(`${sent} at ${now}`, () => {
      assert.equal(read(`${sent}: Notice A shell`, Date.parse(now))['time'], time);
    });
  }

  test('none, or none that can be, is left to the receipt', () => {
    assert.equal(read('Notice A shell')['time'], undefined);
    assert.equal(read('27:61:00.5: Notice A shell')['time'], undefined);
    assert.equal(read('2026-02-30T02:03:57.5+0000: Notice A shell')['time'], undefined);
  });
});

suite('the fields', () => {
  test('of the old style, within brackets and behind them', () => {
    const message =
      'A shell was spawned (user=root k8s.ns=default shell=bash cmdline=bash -il tty=<NA>) k8s.pod=x';
    assert.deepEqual(fieldsOf(message), {
      'user.name': 'root',
      'k8s.ns.name': 'default',
      'proc.name': 'bash',
      'proc.cmdline': 'bash -il',
      tty: null,
      'k8s.pod.name': 'x',
    });
  });

  test('of the new style', () => {
    const message =
      'A shell was spawned | evt_type=execve user=root command=sh -c "x (y)" proc.aname[2]=a';
    assert.deepEqual(fieldsOf(message), {
      'evt.type': 'execve',
      'user.name': 'root',
      'proc.cmdline': 'sh -c "x (y)"',
      'proc.aname[2]': 'a',
    });
  });

  test('quoted values, the first of several, and no mechanism of the language', () => {
    const fields = fieldsOf('x (ebpf_enabled="0" container=a container_id=b __proto__=c)');
    assert.deepEqual(fields, { ebpf_enabled: '0', 'container.id': 'a' });
    assert.deepEqual(fieldsOf('nothing here'), {});
  });
});

test('what Falco says of itself has the rule of its JSON', () => {
  const line = 'Critical Falco internal: syscall event drop. 9 system calls dropped. (n_drops=9)';
  const { rule, source } = read(`16:00:00.5: ${line}`);
  assert.deepEqual([rule, source], ['Falco internal: syscall event drop', 'internal']);
});

test('lines are unescaped where they are escaped', () => {
  assert.equal(unescapeFalcoLine(String.raw`a \"b\" \u001b \\ \n`), 'a "b" \u001b \\ \n');
  assert.equal(unescapeFalcoLine(String.raw`C:\Windows`), String.raw`C:\Windows`);
  assert.equal(unescapeFalcoLine(String.raw`\ud800`), '\ufffd');
});

test('the time it takes grows with the length of the line, whatever is in it', () => {
  for (const part of [
    'a[',
    'a=',
    ' a[a',
    '(',
    ' a.a.a',
    '\\"',
    ' a=(',
    '|x[y]=',
    '12:00:00.1: Notice ',
  ]) {
    const line = `12:00:00.5: Notice x ${part.repeat((1 << 20) / part.length)}`;
    const startedMs = cpuMs();
    readFalcoLine(unescapeFalcoLine(line), NOW_MS);
    assert.ok(cpuMs() - startedMs < 1000, part);
  }
});
