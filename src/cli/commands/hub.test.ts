import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { type Ran, run } from '../../../test/support/command-line.ts';
import { createMemoryControl, serveControl } from '../../../test/support/memory-control.ts';
import {
  EVERY_FATE,
  RECEIVED_AT_MS,
  sampleDeadLetter,
  sampleOutput,
  sampleRecord,
  UUID,
} from '../../../test/support/sample-records.ts';
import { type Control, ControlError } from '../../api/contract.ts';

const OUTPUTS = Object.keys(EVERY_FATE).map((name) => ({ name, acknowledged: name !== 'syslog' }));
const HOSTILE = 'x\u001b[2J\u001b]0;title\u0007\n\u202edrowssap\u009b31m';
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const ACTING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/;

/** Runs one command against a hub that answers so, and says what the hub was asked. */
async function ask(
  t: TestContext,
  answers: Partial<Control>,
  argv: readonly string[],
  columns?: number,
): Promise<Ran & { readonly calls: ReturnType<typeof createMemoryControl>['calls'] }> {
  const control = createMemoryControl(answers);
  const { directory } = await serveControl(t, control);
  const ran = await run([...argv, '--queue-directory', directory], {
    env: { NO_COLOR: '1' },
    ...(columns === undefined ? {} : { columns }),
  });
  return { ...ran, calls: control.calls };
}

suite('alerts', () => {
  const record = sampleRecord({}, EVERY_FATE);
  const why = async () => ({ alerts: [record], outputs: OUTPUTS });

  test('shows when, how bad, what, where, the uuid and what became of each', async (t) => {
    const answers = { alerts: async () => [record], why };
    const { exitCode, stdout } = await ask(t, answers, ['alerts'], 120);
    assert.equal(exitCode, 0);
    const [, row = '', ...below] = stdout.split('\n');
    assert.match(
      row,
      /2026-11-03T10:00:00Z +\d+[dhms] +Critical +Terminal shell in container +node-1/,
    );
    assert.equal(
      below.join(' ').replaceAll(/\s+/g, ' ').trim(),
      `${UUID} soc=delivered syslog=handed-over siem=waiting pager=retry quarantine=held ` +
        'mail=dead old=dropped chat=stale archive=beyond-history',
    );
  });

  test('passes on every filter', async (t) => {
    const { calls } = await ask(t, {}, [
      'alerts',
      '--since=2026-11-01',
      '--until=2026-11-02T10:00Z',
      '--rule=Terminal shell',
      '--host=node-1',
      '--output=soc',
      '--state=dead',
      '--limit=7',
    ]);
    const filter = {
      sinceMs: Date.parse('2026-11-01T00:00:00Z'),
      untilMs: Date.parse('2026-11-02T10:00:00Z'),
      rule: 'Terminal shell',
      hostname: 'node-1',
      output: 'soc',
      state: 'dead',
      limit: 7,
    };
    assert.deepEqual(calls, [{ name: 'alerts', input: [filter] }]);
  });

  test('says where there is nothing, and where there may be more', async (t) => {
    const none = await ask(t, {}, ['alerts']);
    assert.equal(none.exitCode, 0);
    assert.match(none.stderr, /This hub \(.*\) has no such alert/);
    const full = await ask(t, { alerts: async () => [record, record] }, ['alerts', '--limit=2']);
    assert.match(full.stderr, /may be more than these 2/);
  });

  test('fits 80 columns, whatever the names', async (t) => {
    const long = sampleRecord({ rule: 'r'.repeat(256), hostname: 'h'.repeat(253) });
    const { stdout } = await ask(t, { alerts: async () => [long] }, ['alerts'], 80);
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
    assert.ok(stdout.includes(`${UUID}  routed to no output`));
  });

  test('is one document in JSON, with every digit', async (t) => {
    const answers = { alerts: async () => [record] };
    const { stdout } = await ask(t, answers, ['alerts', '--json']);
    const [first] = JSON.parse(stdout) as [Record<string, unknown>];
    assert.deepEqual(first['fates'], EVERY_FATE);
    assert.equal(first['receivedAtMs'], RECEIVED_AT_MS);
    assert.equal((first['alert'] as { hostname: string }).hostname, 'node-1');
    assert.match(stdout, /"evt.time": 1762164000123456789/);
  });
});

suite('why', () => {
  const record = sampleRecord({}, EVERY_FATE);
  const outputs = [...OUTPUTS, { name: 'webui', acknowledged: true }];
  const answers: Partial<Control> = {
    why: async () => ({ alerts: [record], outputs }),
    status: async () => ({
      ...(await createMemoryControl().status()),
      outputs: [
        sampleOutput('siem', {
          lane: { id: 2, name: 'siem', type: 'x' },
          state: 'paused',
          reason: 'auth',
          detail: 'HTTP 401',
        }),
      ],
    }),
  };

  test('says what became of it at every output there is', async (t) => {
    const { exitCode, stdout, calls } = await ask(t, answers, ['why', UUID.toUpperCase()]);
    assert.equal(exitCode, 0);
    assert.deepEqual(calls[0], { name: 'why', input: [UUID] });
    const told = Object.fromEntries(
      stdout
        .slice(stdout.indexOf('WHAT BECAME OF IT'))
        .split('\n')
        .slice(1)
        .map((line) => [
          line.split(' ')[0],
          line.replace(/^\S+ +/, '').replaceAll(/\(\d+d ago\)/g, '(ago)'),
        ]),
    );
    assert.deepEqual(told, {
      '': '',
      soc: 'delivered between 2026-11-03T10:00:00.623Z and 2026-11-03T10:00:01.623Z (ago)',
      syslog:
        'handed over between 2026-11-03T10:00:00.123Z and 2026-11-03T10:00:01.623Z (ago); this destination confirms nothing',
      siem: 'waiting: the output is paused: auth: HTTP 401',
      pager:
        'will be sent again after 3 attempts, the last 2026-11-03T10:00:02.123Z (ago): rateLimited: HTTP 429: slow down',
      quarantine: 'held back after 1 attempt, 2026-11-03T10:00:00.123Z (ago): bug',
      mail: 'dead letter 17 after 1 attempt, 2026-11-03T10:00:02.123Z (ago): payload: 552 message too large',
      old: 'dead letter, dropped since; given up after 2 attempts, the last 2026-11-03T10:00:00.123Z (ago): client',
      chat: 'not sent: too late for this output, counted in its summary, 2026-11-03T11:00:00.123Z (ago)',
      archive: 'settled, but how is older than the history',
      webui: 'not routed here',
    });
  });

  test('never says delivered where nobody confirmed it, or nobody knows', async (t) => {
    const delivered = { state: 'delivered', byMs: RECEIVED_AT_MS } as const;
    const gone = sampleRecord({}, { gone: delivered, udp: delivered });
    const unsure = {
      why: async () => ({ alerts: [gone], outputs: [{ name: 'udp', acknowledged: false }] }),
    };
    const { stdout } = await ask(t, unsure, ['why', UUID]);
    assert.doesNotMatch(stdout, /delivered/);
    assert.match(stdout, /gone +handed over at/);
  });

  test('tells the alert and who sent it, proved or not', async (t) => {
    const { stdout } = await ask(t, answers, ['why', UUID]);
    assert.match(stdout, /^Critical {2}Terminal shell in container\n/);
    assert.match(stdout, /over http from 10\.0\.0\.7, sender not verified/);
    const proved = sampleRecord({
      ingest: { input: 'grpc', agent: 'falco', identity: 'token:edge' },
    });
    const other = await ask(t, { why: async () => ({ alerts: [proved], outputs: [] }) }, [
      'why',
      UUID,
    ]);
    assert.match(other.stdout, /over grpc, token:edge/);
  });

  test('names every gap for what it is', async (t) => {
    for (const [reason, says] of [
      ['shed', /queue was full/],
      ['removed', /output was removed/],
      ['damaged', /was damaged/],
      ['silenced', /silenced/],
    ] as const) {
      const gap = sampleRecord({}, { soc: { state: 'gap', reason, atMs: RECEIVED_AT_MS } });
      const { stdout } = await ask(t, { why: async () => ({ alerts: [gap], outputs: [] }) }, [
        'why',
        UUID,
      ]);
      assert.match(stdout, says);
    }
  });

  test('of a uuid that two alerts carry tells both', async (t) => {
    const twice = {
      why: async () => ({ alerts: [record, sampleRecord({ rule: 'Other' })], outputs }),
    };
    const { stdout, stderr } = await ask(t, twice, ['why', UUID]);
    assert.match(stdout, /Terminal shell[^]*Other/);
    assert.match(stderr, /2 alerts with different content/);
  });

  test('of an alert that is not here says how far back here reaches', async (t) => {
    const none = { why: async () => ({ alerts: [], outputs: [], historySinceMs: RECEIVED_AT_MS }) };
    const { exitCode, stdout, stderr } = await ask(t, none, ['why', UUID]);
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /This hub .* history reaches back to 2026-11-03T10:00:00\.123Z/);
    assert.match(stderr, /Each replica has a queue of its own/);
    const json = await ask(t, none, ['why', UUID, '--json']);
    assert.equal(json.exitCode, 1);
    assert.deepEqual((JSON.parse(json.stdout) as { alerts: unknown }).alerts, []);
  });
});

suite('what an attacker wrote', () => {
  const part = {
    rule: HOSTILE,
    hostname: HOSTILE,
    source: HOSTILE,
    output: HOSTILE,
    fields: { [HOSTILE]: HOSTILE },
  };
  const fates = {
    soc: { state: 'retry', id: 1, reason: 'server', detail: HOSTILE, attempts: 1, atMs: 0 },
  } as const;
  const record = sampleRecord(part, fates);
  const letter = sampleDeadLetter({ detail: HOSTILE, json: record.json });
  const output = sampleOutput('soc', { state: 'paused', reason: 'server', detail: HOSTILE });
  const answers: Partial<Control> = {
    alerts: async () => [record],
    why: async () => ({ alerts: [record], outputs: [] }),
    deadList: async () => [letter],
    deadShow: async () => letter,
    status: async () => ({ ...(await createMemoryControl().status()), outputs: [output] }),
    outputTest: async () => ({
      outcome: 'retry',
      reason: 'server',
      detail: HOSTILE,
      durationMs: 1,
    }),
    outputDrop: () => Promise.reject(new ControlError('hostile', HOSTILE)),
  };
  const commands = [
    ['alerts'],
    ['why', UUID],
    ['dead', 'list'],
    ['dead', 'show', '17'],
    ['queue', 'status'],
    ['outputs', 'list'],
    ['outputs', 'test', 'soc'],
    ['outputs', 'drop', 'soc'],
  ];
  for (const argv of commands) {
    for (const json of [[], ['--json']]) {
      test(`is seen and does nothing: ${[...argv, ...json].join(' ')}`, async (t) => {
        for (const columns of [80, undefined]) {
          const { stdout, stderr } = await ask(t, answers, [...argv, ...json], columns);
          assert.doesNotMatch(stdout + stderr, ACTING);
          assert.match(stdout + stderr, /\\x1b|\\u001b|\\u202e|drowssap/);
        }
      });
    }
  }
});
