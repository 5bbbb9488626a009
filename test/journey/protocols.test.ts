import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { bytesField, fixed64Field, numberField } from '../../src/proto/wire.ts';
import { eventually } from '../support/eventually.ts';
import { type HubProcess, startHub } from '../support/hub-process.ts';
import { Random } from '../support/random.ts';

/** Senders that send again what was not taken, each as its protocol has it, through `kill -9`. */

const KILLS = 3;
const ITEMS = 5;
const AGAIN_MS = 50;
const TIME = '2026-08-11T00:04:09.123456Z';
const TIME_NS = 1_786_406_649_123_456_000n;

type Json = Readonly<Record<string, unknown>>;

/** What a protocol makes of marks, one alert each. */
const BODIES: Readonly<Record<string, (marks: readonly string[]) => unknown>> = {
  '/k8s-audit/prod': (marks) => ({
    kind: 'EventList',
    apiVersion: 'audit.k8s.io/v1',
    items: marks.map(
      (mark): Json => ({ auditID: mark, stage: 'Panic', stageTimestamp: TIME, verb: 'get' }),
    ),
  }),
  '/alertmanager': (marks) => ({
    version: '4',
    groupKey: 'g',
    status: 'firing',
    alerts: marks.map(
      (mark): Json => ({
        status: 'firing',
        fingerprint: mark,
        startsAt: TIME,
        labels: { alertname: mark, severity: 'warning' },
      }),
    ),
  }),
  '/v1/logs': (marks) => ({
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: marks.map(
              (mark): Json => ({
                timeUnixNano: String(TIME_NS),
                severityNumber: 17,
                body: { stringValue: mark },
              }),
            ),
          },
        ],
      },
    ],
  }),
  '/cloudevents': (marks) =>
    marks.map(
      (mark): Json => ({ specversion: '1.0', id: mark, source: 's', type: mark, time: TIME }),
    ),
};

/** Sends marks, and resolves to whether the hub says that it has them. */
type Send = (marks: readonly string[]) => Promise<boolean>;

function postTo(hub: HubProcess, path: string): Send {
  const type = path === '/cloudevents' ? 'application/cloudevents-batch+json' : 'application/json';
  return async (marks) => {
    const body = JSON.stringify(BODIES[path]!(marks));
    const request = { method: 'POST', body, headers: { 'content-type': type } };
    const answer = await fetch(`${hub.origin()}${path}`, request).catch(() => undefined);
    await answer?.text().catch(() => undefined);
    return answer?.status === 200;
  };
}

function exportTo(hub: HubProcess, after: (call: () => void) => void): Send {
  const client = new Client(hub.grpc(), credentials.createInsecure(), {
    'grpc.max_reconnect_backoff_ms': 200,
    'grpc.initial_reconnect_backoff_ms': 50,
  });
  after(() => client.close());
  const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
  const asItIs = (bytes: Buffer): Buffer => bytes;
  return (marks) => {
    const records = marks.map((mark) => {
      const body = bytesField(5, bytesField(1, Buffer.from(mark)));
      return bytesField(2, Buffer.concat([fixed64Field(1, TIME_NS), numberField(2, 17n), body]));
    });
    const logs = bytesField(1, bytesField(2, Buffer.concat(records)));
    return new Promise((resolve) => {
      client.makeUnaryRequest(path, asItIs, asItIs, logs, (error) => resolve(error === null));
    });
  };
}

test('kill -9 loses nothing of who sends again by the rules of its protocol', async (t) => {
  const hub = await startHub(t, {
    outputs: { out: { type: 'stdout' } },
    ingest: { grpc: {} },
  });
  const senders: readonly (readonly [name: string, send: Send])[] = [
    ...Object.keys(BODIES).map((path) => [path, postTo(hub, path)] as const),
    ['gRPC', exportTo(hub, (call) => t.after(call))],
  ];
  const taken = new Map(senders.map(([name]) => [name, new Set<string>()]));
  let goesOn = true;
  const sending = senders.map(async ([name, send], sender) => {
    for (let n = 0; goesOn; n += 1) {
      const marks = Array.from({ length: ITEMS }, (_, at) => `mark-${sender}-${n}-${at}.`);
      while (!(await send(marks))) await pause(AGAIN_MS);
      for (const mark of marks) taken.get(name)!.add(mark);
    }
  });
  const random = new Random(Date.now());
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = new Map([...taken].map(([name, marks]) => [name, marks.size]));
    await eventually('each sender goes on', () =>
      [...taken].every(([name, marks]) => marks.size >= before.get(name)! + 3 * ITEMS),
    );
    await pause(random.below(200));
    await hub.kill();
    await hub.start();
  }
  goesOn = false;
  await Promise.all(sending);
  const all = [...taken.values()].flatMap((marks) => [...marks]);
  const missing = (): string[] => {
    const said = new Set(hub.stdout().match(/mark-\d+-\d+-\d+\./g));
    return all.filter((mark) => !said.has(mark));
  };
  await eventually('all arrive', () => missing().length === 0);
  // Delivered twice perhaps, but one alert each.
  const uuids = new Map<string, Set<string>>();
  for (const [, uuid = '', mark = ''] of hub.stdout().matchAll(ALERT)) {
    uuids.set(mark, (uuids.get(mark) ?? new Set()).add(uuid));
  }
  assert.ok(uuids.size >= all.length);
  assert.deepEqual([...uuids.values()].filter(({ size }) => size > 1).length, 0);
  t.diagnostic([...taken].map(([name, { size }]) => `${name} ${size}`).join(', '));
});

const ALERT = /"uuid":"([^"]+)"[^\n]*?(mark-\d+-\d+-\d+\.)/g;
