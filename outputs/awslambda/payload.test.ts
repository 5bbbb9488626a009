import assert from 'node:assert/strict';
import test from 'node:test';
import { regionIn } from '../../src/output/aws.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { invocationPath, payloadOf } from './payload.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:on-alert:live';

test('a function is known by its name or its ARN', () => {
  assert.equal(regionIn('on-alert'), undefined);
  assert.equal(regionIn(ARN), 'eu-west-1');
  assert.equal(invocationPath('a:live'), '/2015-03-31/functions/a%3Alive/invocations');
});

test('it gets the alert, cut where Lambda would not queue it', () => {
  const wait = { invocationType: 'RequestResponse', format: 'falco' } as const;
  assert.equal(payloadOf(wait, deliveryOf(alertWith())), deliveryOf(alertWith()).json);
  const fields = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [`field${n}`, 'x'.repeat(4096)]),
  );
  const large = deliveryOf(alertWith({ fields }));
  assert.equal(payloadOf(wait, large), large.json);
  const queued = payloadOf({ ...wait, invocationType: 'Event' }, large);
  assert.ok(Buffer.byteLength(queued) <= 256 * 1024);
  assert.match(queued, /…/);
});
