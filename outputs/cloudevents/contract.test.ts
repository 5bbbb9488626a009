import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, startDestination } from '../../test/contract/server.ts';
import cloudevents from './index.ts';

const settings = (origin: string, mode: string) => ({
  url: `${origin}/planted-path-secret`,
  headers: { Authorization: 'Bearer planted-header' },
  mode,
});

interface Event {
  readonly attributes: Readonly<Record<string, string>>;
  /** As it came. */
  readonly data: string;
}

/** Reads events as the specification and its JSON format and HTTP binding say. */
const READERS: Readonly<Record<string, (request: Received) => Event[]>> = {
  binary({ headers, body }) {
    const attributes = Object.entries(headers)
      .filter(([name]) => name.startsWith('ce-'))
      .map(([name, value]) => {
        assert.match(value, /^[\x21-\x7e]*$/);
        return [name.slice(3), decodeURIComponent(value)];
      });
    assert.equal(headers['content-type'], 'application/json');
    return [{ attributes: Object.fromEntries(attributes), data: body }];
  },
  structured({ headers, body }) {
    assert.equal(headers['content-type'], 'application/cloudevents+json; charset=utf-8');
    return [eventIn(body)];
  },
  batch({ headers, body }) {
    assert.equal(headers['content-type'], 'application/cloudevents-batch+json; charset=utf-8');
    const events = body.slice(1, -1).split(/,(?=\{"specversion":"1\.0","id":)/);
    return events.map(eventIn);
  },
};

function eventIn(json: string): Event {
  const at = json.indexOf(',"data":');
  assert.ok(at > 0);
  const attributes = JSON.parse(`${json.slice(0, at)}}`) as Record<string, string>;
  return { attributes, data: json.slice(at + 8, -1) };
}

for (const [mode, read] of Object.entries(READERS)) {
  httpContract(cloudevents, {
    variant: mode,
    settings: (origin) => settings(origin, mode),
    accepted: () => ({ status: 202 }),
    check(requests, deliveries) {
      if (mode === 'batch') assert.equal(requests.length, 1);
      const events = requests.flatMap((request) => {
        assert.equal(`${request.method} ${request.path}`, 'POST /planted-path-secret');
        assert.equal(request.headers['authorization'], 'Bearer planted-header');
        assert.equal(request.headers['tocsin-hops'], '1');
        return read(request);
      });
      assert.equal(events.length, deliveries.length);
      for (const [n, event] of events.entries()) checkEvent(event, deliveries[n]!);
    },
    sendsNumbers: true,
  });
}

function checkEvent({ attributes, data }: Event, { alert, json }: Delivery): void {
  assert.ok(data === json);
  const { specversion, id, source, type, time } = attributes;
  assert.deepEqual([specversion, id, time], ['1.0', alert.uuid, alert.time]);
  assert.ok(source !== '' && type !== '');
  for (const [name, value] of Object.entries(attributes)) {
    assert.match(name, /^[a-z0-9]{1,20}$/);
    assert.notEqual(value, '');
    assert.doesNotMatch(value, /[\p{Cc}\p{Noncharacter_Code_Point}\p{Cs}]/u);
  }
}

test('cloudevents: each batch says of every alert in it how many hubs it has passed', async (t) => {
  const { origin, received } = await startDestination(t, () => ({ status: 200 }));
  const context = {
    settings: settingsOf(cloudevents, settings(origin, 'batch')),
    http: httpClient(t),
  };
  const deliveries = [0, 3, 0, 8].map((hops) =>
    deliveryOf(
      alertWith({ rule: `Rule ${hops}`, ingest: { input: 'http', agent: 'falco', hops } }),
    ),
  );
  const result = await attempt(cloudevents, context, deliveries);
  assert.ok(result.outcome === 'partial');
  assert.deepEqual(result.results.map(verdictOf), [
    'delivered',
    'delivered',
    'delivered',
    'reject/client',
  ]);
  const sent = received.map(({ headers, body }) => [
    headers['tocsin-hops'],
    body.match(/"ce|"id"/g)?.length,
  ]);
  assert.deepEqual(sent, [
    ['1', 2],
    ['4', 1],
  ]);
});
