import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createMetrics } from '../observe/metrics.ts';
import { type NewAlert, type Queue, QueueError } from '../queue/queue.ts';
import { compileRoutes } from '../route/router.ts';
import type { Sender } from './admission.ts';
import type { AdmissionRules } from './admission-rules.ts';
import { Admitter } from './admit.ts';
import { SENSORS } from '../../test/support/memory-admission.ts';
import { Duplicates } from './duplicates.ts';
import { Sensors } from './sensors/sensors.ts';
import { compileEnrichment } from './normalise/enrich.ts';

const SENDER: Sender = { input: 'http', peer: '192.0.2.1' };
const UUID = '0a0a0a0a-0000-4000-8000-000000000001';
const RATE = { alertsPerSecond: 0, burst: 10, shareMax: 0.5 };

function document(own: object = {}): object {
  return {
    rule: 'R',
    priority: 'Warning',
    time: '2026-01-01T00:00:00.000000000Z',
    output_fields: { a: 'b' },
    ...own,
  };
}

function rulesWith(own: Partial<AdmissionRules> = {}): AdmissionRules {
  const outputs = [{ name: 'all' }, { name: 'severe', minimumPriority: 'critical' as const }];
  return {
    enrichment: compileEnrichment({
      customFields: {},
      templatedFields: {},
      customTags: [],
      bracketReplacer: '',
      outputFieldFormat: '',
    }),
    router: compileRoutes({ outputs, routes: [], unrouted: 'all' }),
    lanes: new Map([
      ['all', 1],
      ['severe', 2],
    ]),
    keepsSnapshotsOut: false,
    rate: { http: RATE, grpc: RATE, syslog: RATE, file: RATE, auditd: RATE },
    ...own,
  };
}

describe('admission', () => {
  let stored: NewAlert[] = [];
  let unkept: NewAlert[] = [];
  let failure: QueueError | undefined;
  let fill = 0;
  let admitter: Admitter;

  beforeEach(() => {
    stored = [];
    unkept = [];
    failure = undefined;
    fill = 0;
    const queue = {
      append: async (alerts: readonly NewAlert[]) => {
        if (failure !== undefined) throw failure;
        stored.push(...alerts);
        return [];
      },
    } as unknown as Queue;
    admitter = new Admitter(
      {
        queue,
        metrics: createMetrics({
          fieldLabels: [],
          seriesMax: 100,
          seriesMaxAgeMs: 3_600_000,
          falcoEvents: false,
        }),
        sensors: new Sensors(SENSORS, 0),
        duplicates: new Duplicates(),
        fill: () => fill,
        onUnkept: (alerts) => unkept.push(...alerts),
        nowMs: () => 1_800_000_000_000,
      },
      rulesWith(),
    );
  });

  it('stores an alert with the lanes of the outputs it is for', async () => {
    const result = await admitter.admit([document()], SENDER);
    assert.equal(result.outcome, 'stored');
    assert.deepEqual(stored[0]?.lanes, [1]);
    await admitter.admit([document({ priority: 'Critical' })], SENDER);
    assert.deepEqual(stored[1]?.lanes, [1, 2]);
  });

  it('lets the test alert pass every minimum priority, and a posted "Test rule" none', async () => {
    await admitter.admit([document({ priority: 'Debug' })], { ...SENDER, test: true });
    assert.deepEqual(stored[0]?.lanes, [1, 2]);
    await admitter.admit([document({ rule: 'Test rule', priority: 'Debug' })], SENDER);
    assert.deepEqual(stored[1]?.lanes, [1]);
  });

  it('answers item by item, and stores the good ones together', async () => {
    const documents = [document(), document({ priority: 'Urgent' }), document()];
    const result = await admitter.admit(documents, SENDER);
    assert.equal(result.outcome, 'stored');
    const outcomes = result.outcome === 'stored' ? result.items.map(({ outcome }) => outcome) : [];
    assert.deepEqual(outcomes, ['accepted', 'rejected', 'accepted']);
    assert.equal(stored.length, 2);
  });

  it('recognises a resend, and gives another alert under the same uuid one of its own', async () => {
    await admitter.admit([document({ uuid: UUID })], SENDER);
    const again = await admitter.admit([document({ uuid: UUID })], SENDER);
    assert.deepEqual(again, {
      outcome: 'stored',
      items: [{ outcome: 'duplicate', uuid: UUID }],
    });
    await admitter.admit([document({ uuid: UUID, rule: 'Other' })], SENDER);
    assert.equal(stored.length, 2);
    assert.notEqual(stored[1]?.uuid, UUID);
    assert.match(stored[1]?.json ?? '', /"id_reused"/);
    const other = await admitter.admit([document({ uuid: UUID, rule: 'Other' })], SENDER);
    assert.deepEqual(other, {
      outcome: 'stored',
      items: [{ outcome: 'duplicate', uuid: stored[1]?.uuid }],
    });
  });

  it('takes a resend of what it could not store', async () => {
    failure = new QueueError('queue_full', 'full', 1000);
    const refused = await admitter.admit([document({ uuid: UUID })], SENDER);
    assert.equal(refused.outcome, 'refused');
    failure = undefined;
    const again = await admitter.admit([document({ uuid: UUID })], SENDER);
    assert.deepEqual(again, { outcome: 'stored', items: [{ outcome: 'accepted', uuid: UUID }] });
  });

  it('sends on from memory what the disk does not take, and promises nothing', async () => {
    failure = new QueueError('queue_unavailable', 'no space', 5000);
    const result = await admitter.admit([document()], SENDER);
    assert.equal(result.outcome === 'refused' && result.code, 'queue_unavailable');
    assert.equal(unkept.length, 1);
    assert.deepEqual(unkept[0]?.lanes, [1]);
    await admitter.admit([document()], { ...SENDER, input: 'grpc' });
    assert.equal(unkept.length, 1, 'a gRPC sender sends again by itself');
  });

  it('calls nothing a duplicate of what it gives way with', async () => {
    const greedy = { ...SENDER, identity: 'token:greedy' };
    for (let i = 0; i < 9; i += 1) await admitter.admit([document()], greedy);
    await admitter.admit([document()], { ...SENDER, identity: 'token:modest' });
    fill = 0.9;
    const twice = document({ uuid: UUID });
    const severe = document({ priority: 'Critical' });
    const result = await admitter.admit([twice, severe, twice], greedy);
    assert.ok(result.outcome === 'stored');
    assert.deepEqual(
      result.items.map(({ outcome }) => outcome),
      ['rejected', 'accepted', 'rejected'],
    );
  });

  it('gives way with what is below Error when a sender holds too much of a filling queue', async () => {
    const greedy = { ...SENDER, identity: 'token:greedy' };
    const modest = { ...SENDER, identity: 'token:modest' };
    for (let i = 0; i < 9; i += 1) await admitter.admit([document()], greedy);
    await admitter.admit([document()], modest);
    fill = 0.9;
    const refused = await admitter.admit([document()], greedy);
    assert.equal(refused.outcome === 'refused' && refused.code, 'sender_share');
    const mixed = await admitter.admit([document(), document({ priority: 'Error' })], greedy);
    const outcomes = mixed.outcome === 'stored' ? mixed.items.map(({ outcome }) => outcome) : [];
    assert.deepEqual(outcomes, ['rejected', 'accepted']);
    assert.equal((await admitter.admit([document()], modest)).outcome, 'stored');
  });

  it('lets nobody spend what another has by an address that is only claimed', async () => {
    const rate = { alertsPerSecond: 1, burst: 3, shareMax: 0.5 };
    const rates = { http: rate, grpc: rate, syslog: rate, file: rate, auditd: rate };
    admitter.apply(rulesWith({ rate: rates }));
    const forged: Sender = { input: 'syslog', peer: SENDER.peer, isClaimed: true };
    const outcomes: string[] = [];
    for (let i = 0; i < 9; i += 1)
      outcomes.push((await admitter.admit([document()], forged)).outcome);
    assert.deepEqual(outcomes.slice(2, 4), ['stored', 'refused']);
    assert.equal(
      (await admitter.admit([document()], { ...SENDER, peer: 'other' })).outcome,
      'stored',
    );
    assert.equal((await admitter.admit([document()], SENDER)).outcome, 'stored');
    fill = 0.9;
    assert.equal((await admitter.admit([document()], SENDER)).outcome, 'stored');
  });

  it('has a rate for each input of a sender', async () => {
    const strict = { alertsPerSecond: 1, burst: 1, shareMax: 0.5 };
    admitter.apply(
      rulesWith({ rate: { http: RATE, grpc: strict, syslog: RATE, file: RATE, auditd: RATE } }),
    );
    const overGrpc: Sender = { ...SENDER, input: 'grpc' };
    assert.equal((await admitter.admit([document()], overGrpc)).outcome, 'stored');
    assert.equal((await admitter.admit([document()], overGrpc)).outcome, 'refused');
    const often = { ...RATE, alertsPerSecond: 1 };
    admitter.apply(
      rulesWith({ rate: { http: often, grpc: strict, syslog: RATE, file: RATE, auditd: RATE } }),
    );
    for (let i = 0; i < 10; i += 1) {
      assert.equal((await admitter.admit([document()], SENDER)).outcome, 'stored');
    }
  });

  it('lets a reload decide only what comes after it', async () => {
    await admitter.admit([document()], SENDER);
    admitter.apply(rulesWith({ lanes: new Map([['all', 7]]) }));
    await admitter.admit([document()], SENDER);
    assert.deepEqual(
      stored.map(({ lanes }) => lanes),
      [[1], [7]],
    );
  });

  it('takes nothing after it is closed', async () => {
    admitter.close();
    const result = await admitter.admit([document()], SENDER);
    assert.equal(result.outcome === 'refused' && result.code, 'shutting_down');
  });
});
