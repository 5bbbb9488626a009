import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { type Reply, startDestination } from '../../test/contract/server.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { openOutput } from '../../test/support/open-output.ts';
import otlpmetrics from './index.ts';

interface Point {
  readonly asInt: string;
  readonly attributes: { key: string; value: { stringValue?: string } }[];
}

/** How many alerts of which rule were told of. */
function countsIn(body: string): Record<string, number> {
  const { resourceMetrics } = JSON.parse(body) as {
    resourceMetrics: { scopeMetrics: { metrics: { sum: { dataPoints: Point[] } }[] }[] }[];
  };
  const points = resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]?.sum.dataPoints ?? [];
  return Object.fromEntries(
    points.map(({ asInt, attributes }) => {
      const rule = attributes.find(({ key }) => key === 'rule')?.value.stringValue;
      return [rule ?? attributes[0]?.key, Number(asInt)];
    }),
  );
}

const alerts = (...rules: string[]) => rules.map((rule) => deliveryOf(alertWith({ rule })));

async function open(t: test.TestContext, own: object = {}) {
  const replies: Reply[] = [];
  const { origin, received } = await startDestination(t, () => replies.shift() ?? { status: 200 });
  const settings = { url: origin, encoding: 'json', ...own };
  const { send } = await openOutput(t, otlpmetrics, settings);
  return { replies, received, send, last: () => countsIn(received.at(-1)?.body ?? '') };
}

test('otlpmetrics: a count only grows, and an answer that is lost counts nothing twice', async (t) => {
  const { send, last, replies } = await open(t);
  assert.equal(verdictOf(await send(alerts('a', 'a', 'b'))), 'delivered');
  assert.deepEqual(last(), { a: 2, b: 1 });
  replies.push({ status: 503 });
  assert.equal(verdictOf(await send(alerts('a'))), 'retry/server');
  assert.equal(verdictOf(await send(alerts('a'))), 'delivered');
  assert.deepEqual(last(), { a: 3 });
});

test('otlpmetrics: a count never shrinks, though fewer alerts go after an answer that was lost', async (t) => {
  const { send, last, replies } = await open(t);
  replies.push({ status: 503 });
  await send(alerts('a', 'a', 'a'));
  assert.equal(verdictOf(await send(alerts('a'))), 'delivered');
  assert.deepEqual(last(), { a: 3 });
  assert.equal(verdictOf(await send(alerts('a', 'a'))), 'delivered');
  assert.deepEqual(last(), { a: 3 });
});

test('otlpmetrics: sets of attributes beyond are counted together', async (t) => {
  const { send, last } = await open(t, { seriesMax: 2 });
  await send(alerts('a', 'b', 'c'));
  assert.deepEqual(last(), { a: 1, b: 1, 'otel.metric.overflow': 1 });
  await send(alerts('d', 'a'));
  assert.deepEqual(last(), { 'otel.metric.overflow': 2, a: 2 });
});

test('otlpmetrics: what is refused is told, and not counted', async (t) => {
  const { send, last, replies } = await open(t);
  replies.push({ status: 200, body: '{"partialSuccess":{"rejectedDataPoints":"1"}}' });
  assert.equal(verdictOf(await send(alerts('a'))), 'reject/payload');
  await send(alerts('a'));
  assert.deepEqual(last(), { a: 1 });
});

test("otlpmetrics: Falcosidekick's keys, and fields of the hub", async () => {
  const { settings, warnings } = await loadSidekick({
    otlp: { metrics: { endpoint: 'http://otel:4318', extraattributes: 'k8s.ns.name, proc.name' } },
    customfields: { cluster: 'prod' },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    url: 'http://otel:4318',
    encoding: 'protobuf',
    headers: {},
    resource: {},
    attributeFields: ['k8s.ns.name', 'proc.name', 'cluster'],
    seriesMax: 2000,
  });
});
