import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { type Ran, run } from '../../../test/support/command-line.ts';
import {
  type Call,
  createMemoryControl,
  type RunningControl,
  serveControl,
} from '../../../test/support/memory-control.ts';
import {
  RECEIVED_AT_MS,
  sampleDeadLetter,
  sampleOutput,
} from '../../../test/support/sample-records.ts';
import type { Control, HubStatus } from '../../api/contract.ts';

type Asked = Ran & Pick<RunningControl, 'audited' | 'directory'> & { readonly calls: Call[] };

async function ask(t: TestContext, answers: Partial<Control>, ...argv: string[]): Promise<Asked> {
  const control = createMemoryControl(answers);
  const { directory, audited } = await serveControl(t, control);
  const ran = await run([...argv, '--queue-directory', directory]);
  return { ...ran, directory, audited, calls: control.calls };
}

async function statusWith(part: Partial<HubStatus>): Promise<HubStatus> {
  return { ...(await createMemoryControl().status()), ...part };
}

suite('queue status', () => {
  const healthy = statusWith({ outputs: [sampleOutput('soc')] });

  test('shows the hub, what its queue outlives, and every output', async (t) => {
    const outputs = [
      sampleOutput('siem', {
        state: 'paused',
        reason: 'auth',
        detail: 'HTTP 401',
        waiting: 12_034,
        oldestWaitingMs: Date.now() - 2 * 3_600_000,
        retry: 3,
        held: 4,
        dead: 5,
      }),
    ];
    const queue = {
      directory: '/q',
      durability: 'container',
      usedBytes: 2 ** 27,
      bytesMax: 2 ** 28,
    };
    const status = await statusWith({ outputs, queue });
    const { exitCode, stdout } = await ask(t, { status: async () => status }, 'queue', 'status');
    assert.equal(exitCode, 0);
    assert.match(stdout, /this hub +Tocsin 1\.2\.3, process 4711/);
    assert.match(stdout, /directory +\/q \(dies with the container\)/);
    assert.match(stdout, /used +128 MiB of 256 MiB \(50 %\)/);
    assert.match(stdout, /siem +paused +12034 +2h +7 +5 +10 +0\n {2}auth: HTTP 401/);
  });

  test('tells by its exit code whether the hub itself is well', async (t) => {
    const queue = { ...(await healthy).queue, fault: 'ENOSPC: the disk is full' };
    for (const [part, exitCode, says] of [
      [{}, 0, /ready +yes/],
      [{ outputs: [sampleOutput('soc', { state: 'stuck', dead: 9 })] }, 0, /stuck/],
      [{ outputs: [] }, 0, /No output is configured/],
      [{ ready: false }, 1, /ready +no/],
      [{ queue }, 1, /fault +nothing can be written: ENOSPC/],
      [{ outputs: [sampleOutput('soc', { mismatch: -2 })] }, 1, /-2 alerts do not add up/],
    ] as const) {
      const status = { ...(await healthy), ...part };
      const ran = await ask(t, { status: async () => status }, 'queue', 'status');
      assert.equal(ran.exitCode, exitCode);
      assert.match(ran.stdout, says);
      const json = await ask(t, { status: async () => status }, 'queue', 'status', '--json');
      assert.equal(json.exitCode, exitCode);
      assert.deepEqual(JSON.parse(json.stdout), status);
    }
  });
});

suite('queue check', () => {
  const well = { ok: true, structure: [], alerts: 7, damagedCount: 0, ledger: [] };

  test('says that all is well, or everything that is not', async (t) => {
    const good = await ask(t, { queueCheck: async () => well }, 'queue', 'check');
    assert.equal(good.exitCode, 0);
    assert.equal(good.stdout, '7 alerts stored, 0 outputs counted: all is well\n');
    const { state: _state, ...lane } = sampleOutput('soc', { mismatch: 2 });
    const bad = {
      ok: false,
      structure: ['row 5 missing from index'],
      alerts: 7,
      damagedCount: 1,
      ledger: [{ ...lane, state: 'active' }],
    } as const;
    const { exitCode, stdout } = await ask(t, { queueCheck: async () => bad }, 'queue', 'check');
    assert.equal(exitCode, 1);
    assert.match(stdout, /row 5 missing[^]*1 of the stored alerts[^]*soc: 2 alerts[^]*not well/);
    const json = await ask(t, { queueCheck: async () => bad }, 'queue', 'check', '--json');
    assert.equal(json.exitCode, 1);
    assert.deepEqual(JSON.parse(json.stdout), bad);
  });
});

suite('outputs', () => {
  test('list shows type, state and why one does not deliver', async (t) => {
    const outputs = [
      sampleOutput('soc'),
      sampleOutput('siem', { state: 'paused', reason: 'auth', detail: 'HTTP 401' }),
      sampleOutput('gone', { state: 'orphan' }),
    ];
    const status = await statusWith({ outputs });
    const { exitCode, stdout } = await ask(t, { status: async () => status }, 'outputs', 'list');
    assert.equal(exitCode, 0);
    assert.deepEqual(stdout.split('\n').slice(1), [
      'soc     slack  active',
      'siem    slack  paused  auth: HTTP 401',
      'gone    slack  orphan  no longer configured; see: tocsin outputs drop',
      '',
    ]);
    const json = await ask(t, { status: async () => status }, 'outputs', 'list', '--json');
    assert.deepEqual((JSON.parse(json.stdout) as object[])[1], {
      name: 'siem',
      type: 'slack',
      state: 'paused',
      reason: 'auth',
      detail: 'HTTP 401',
    });
  });

  test('test says what the destination answered, and is audited', async (t) => {
    const good = await ask(t, {}, 'outputs', 'test', 'soc');
    assert.equal(good.exitCode, 0);
    assert.equal(good.stdout, 'soc: the test alert is delivered (1 ms)\n');
    assert.deepEqual(
      good.audited.map(({ action, detail }) => [action, detail]),
      [['outputTest', { name: 'soc' }]],
    );
    assert.match(good.audited[0]?.by ?? '', /^uid \d+$/);
    const refused = {
      outcome: 'reject',
      reason: 'payload',
      detail: 'HTTP 400',
      durationMs: 2,
    } as const;
    const bad = await ask(t, { outputTest: async () => refused }, 'outputs', 'test', 'soc');
    assert.equal(bad.exitCode, 1);
    assert.equal(bad.stdout, 'soc: the test alert is not delivered: payload: HTTP 400 (2 ms)\n');
  });

  test('drop fails where there was nothing to give up', async (t) => {
    const done = await ask(t, { outputDrop: async () => true }, 'outputs', 'drop', 'gone');
    assert.equal(done.exitCode, 0);
    assert.deepEqual(done.calls, [{ name: 'outputDrop', input: ['gone'] }]);
    const none = await ask(t, {}, 'outputs', 'drop', 'soc', '--json');
    assert.equal(none.exitCode, 1);
    assert.deepEqual(JSON.parse(none.stdout), { dropped: false });
  });
});

suite('dead letters', () => {
  const letter = sampleDeadLetter();

  test('are listed with their number and why, and shown whole', async (t) => {
    const list = await ask(t, { deadList: async () => [letter] }, 'dead', 'list', '--limit', '5');
    assert.deepEqual(list.calls, [{ name: 'deadList', input: [5] }]);
    assert.match(
      list.stdout,
      /17 +\w+ +soc +payload +Critical +Terminal shell in container\n {2}0198/,
    );
    assert.match(list.stdout, /HTTP 400: invalid_blocks/);
    const show = await ask(t, { deadShow: async () => letter }, 'dead', 'show', '17');
    assert.equal(show.exitCode, 0);
    assert.match(show.stdout, /output +soc\nreason +payload/);
    assert.match(show.stdout, /"evt\.time": 1762164000123456789/);
    const json = await ask(t, { deadShow: async () => letter }, 'dead', 'show', '17', '--json');
    assert.match(json.stdout, /"evt\.time": 1762164000123456789/);
    assert.equal((JSON.parse(json.stdout) as { atMs: number }).atMs, RECEIVED_AT_MS + 1000);
  });

  test('that are none are said to be none', async (t) => {
    const list = await ask(t, {}, 'dead', 'list');
    assert.equal(list.exitCode, 0);
    assert.match(list.stderr, /This hub .* has no dead letters/);
    const show = await ask(t, {}, 'dead', 'show', '9');
    assert.equal(show.exitCode, 1);
    assert.match(show.stderr, /no dead letter 9/);
  });

  test('are replayed by number, each once, to where they should go', async (t) => {
    const { exitCode, stdout, calls } = await ask(
      t,
      { deadReplay: async ({ ids = [] }) => ids.length },
      'dead',
      'replay',
      '3',
      '1',
      '3',
      '--to=backup',
    );
    assert.equal(exitCode, 0);
    assert.equal(stdout, '2 dead letters replayed\n');
    assert.deepEqual(calls, [{ name: 'deadReplay', input: [{ ids: [3, 1], to: 'backup' }] }]);
  });

  test('that are not there make it fail', async (t) => {
    const { exitCode, stderr } = await ask(
      t,
      { deadDrop: async () => 1 },
      'dead',
      'drop',
      '1',
      '2',
    );
    assert.equal(exitCode, 1);
    assert.match(stderr, /1 of these are no dead letters of this hub/);
  });

  test('are asked for a thousand at a time', async (t) => {
    const ids = Array.from({ length: 1001 }, (_, at) => String(at + 1));
    const replay = { deadReplay: async ({ ids = [] }: { ids?: readonly number[] }) => ids.length };
    const { exitCode, stdout, calls } = await ask(t, replay, 'dead', 'replay', ...ids);
    assert.equal(exitCode, 0);
    assert.equal(stdout, '1001 dead letters replayed\n');
    assert.equal(calls.length, 2);
  });

  test('are all taken, and not for ever where they die again at once', async (t) => {
    const status = await statusWith({
      outputs: [
        sampleOutput('soc', { dead: 2500 }),
        sampleOutput('mail', { lane: { id: 2, name: 'mail', type: 'smtp' }, dead: 400 }),
      ],
    });
    const answers = { status: async () => status, deadReplay: async () => 1000 };
    const all = await ask(t, answers, 'dead', 'replay', '--all');
    assert.deepEqual(
      all.calls.slice(1),
      Array.from({ length: 3 }, () => ({ name: 'deadReplay', input: [{}] })),
    );
    const one = await ask(
      t,
      { ...answers, deadReplay: async () => 400 },
      'dead',
      'replay',
      '--output=mail',
    );
    assert.deepEqual(one.calls.slice(1), [{ name: 'deadReplay', input: [{ output: 'mail' }] }]);
    assert.equal(one.stdout, '400 dead letters replayed\n');
  });
});

suite('drain', () => {
  test('waits for the hub as long as it was told to, and says what is left', async (t) => {
    const done = await ask(t, {}, 'drain');
    assert.equal(done.exitCode, 0);
    assert.deepEqual(done.calls, [{ name: 'drain', input: [{ timeoutMs: 300_000 }] }]);
    const left = { drained: false, waiting: { siem: 12 }, forwarded: 3 };
    const argv = ['drain', '--to', 'http://other:2801', '--timeout', '10s'];
    const { exitCode, stdout, stderr, calls } = await ask(t, { drain: async () => left }, ...argv);
    assert.equal(exitCode, 1);
    assert.deepEqual(calls[0]?.input, [{ to: 'http://other:2801', timeoutMs: 10_000 }]);
    assert.equal(stdout, '3 alerts handed to the other hub\n  siem: 12\n');
    assert.match(stderr, /After 10s alerts still wait in this hub/);
  });
});

suite('reload', () => {
  test('says that the new configuration is in force, or why not', async (t) => {
    const done = await ask(t, {}, 'reload');
    assert.equal(done.exitCode, 0);
    assert.equal(done.stdout, 'the new configuration is in force\n');
    const refused = {
      reloaded: false,
      problems: ['c.yaml:1:8: error [unknown_key] x\n  did you mean y?'],
    };
    const { exitCode, stdout, stderr } = await ask(t, { reload: async () => refused }, 'reload');
    assert.equal(exitCode, 1);
    assert.equal(stdout, `${refused.problems.join('\n')}\n`);
    assert.match(stderr, /the old one stays in force/);
  });
});

test('of two hubs each answers for itself', async (t) => {
  const [first, second] = [await ask(t, {}, 'dead', 'list'), await ask(t, {}, 'dead', 'list')];
  assert.notEqual(first.directory, second.directory);
  assert.ok(first.stderr.includes(first.directory));
  assert.ok(second.stderr.includes(second.directory));
  const { exitCode } = await run(['reload', '--queue-directory', second.directory]);
  assert.equal(exitCode, 0);
  assert.deepEqual([first.audited.length, second.audited.length], [0, 1]);
});
