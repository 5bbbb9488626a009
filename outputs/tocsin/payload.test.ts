import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Provenance } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { payloadOf } from './payload.ts';

function payloadFrom(ingest: Partial<Provenance>) {
  return payloadOf(deliveryOf(alertWith({ ingest: { input: 'http', agent: 'falco', ...ingest } })));
}

test('tocsin: the alert goes as the JSON it is stored as, untouched', () => {
  const delivery = deliveryOf(alertWith());
  const payload = payloadOf(delivery);
  assert.ok('alert' in payload);
  assert.ok(payload.alert.raw_json === delivery.json);
});

test('tocsin: an alert says who sent it first, by proof or else by address', () => {
  for (const [ingest, origin] of [
    [{ identity: 'token:edge', peer: '10.0.0.7' }, 'token:edge'],
    [{ peer: '10.0.0.7' }, '10.0.0.7'],
    [{ origin: 'token:edge', identity: 'token:regional', peer: '10.0.0.8' }, 'token:edge'],
    [{}, ''],
  ] as const) {
    const payload = payloadFrom(ingest);
    assert.ok('alert' in payload);
    assert.equal(payload.alert.origin, origin);
  }
});

test('tocsin: every hub counts itself, and after 8 the alert goes no further', () => {
  for (const hops of [0, 1, 7]) {
    const payload = payloadFrom({ hops });
    assert.ok('alert' in payload);
    assert.equal(payload.alert.hops, hops + 1);
  }
  for (const hops of [8, 9, 4_294_967_295]) {
    const payload = payloadFrom({ hops });
    assert.ok('reject' in payload && payload.reject.outcome === 'reject');
    assert.equal(payload.reject.reason, 'client');
    assert.match(payload.reject.detail, /^loop: /);
  }
});

test('tocsin: what would end the stream for all is not sent', () => {
  const fits = payloadOf(deliveryOf(alertWith({ output: 'é'.repeat(2_000_000) })));
  const tooLarge = payloadOf(deliveryOf(alertWith({ output: 'é'.repeat(2_100_000) })));
  assert.ok('alert' in fits);
  assert.ok('reject' in tooLarge && tooLarge.reject.outcome === 'reject');
  assert.equal(tooLarge.reject.reason, 'payload');
});
