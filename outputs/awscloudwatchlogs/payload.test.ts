import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { eventChunks, putInput } from './payload.ts';

const settings = { format: 'falco', logGroup: 'g', logStream: 's' } as const;
const NOW_MS = Date.parse('2026-08-11T01:00:00Z');
const at = (time: string, lateMs?: number) => deliveryOf(alertWith({ time }), lateMs);

function timesOf(times: readonly string[], lateMs?: number): string[][] {
  const deliveries = times.map((time) => at(time, lateMs));
  return eventChunks(settings, deliveries, NOW_MS).map((chunk) =>
    chunk.map(({ timestamp }) => new Date(timestamp).toISOString()),
  );
}

test('an event is the alert, under its own time', () => {
  const delivery = deliveryOf(alertWith());
  const [chunk = []] = eventChunks(settings, [delivery], NOW_MS);
  assert.deepEqual(JSON.parse(putInput(settings, chunk)), {
    logGroupName: 'g',
    logStreamName: 's',
    logEvents: [{ timestamp: Date.parse('2026-08-11T00:04:09.137Z'), message: delivery.json }],
  });
});

test('a request is in the order of time, and within a day', () => {
  assert.deepEqual(
    timesOf(['2026-08-11T00:00:00Z', '2026-08-09T00:00:00Z', '2026-08-10T00:00:00Z']),
    [['2026-08-09T00:00:00.000Z'], ['2026-08-10T00:00:00.000Z'], ['2026-08-11T00:00:00.000Z']],
  );
  assert.equal(timesOf(['2026-08-11T00:00:00Z', '2026-08-10T00:00:01Z']).length, 1);
});

test('what waited until it is too old has the present time, and says so', () => {
  assert.deepEqual(timesOf(['2026-07-01T00:00:00Z'], 900_000), [['2026-08-11T01:00:00.000Z']]);
  const [[event] = []] = eventChunks(settings, [at('2026-07-01T00:00:00Z', 900_000)], NOW_MS);
  const { time, tags } = JSON.parse(event?.message ?? '') as { time: string; tags: string[] };
  assert.equal(time, '2026-07-01T00:00:00Z');
  assert.ok(tags.includes('late'));
  assert.deepEqual(timesOf(['1950-01-01T00:00:00Z']), [['1970-01-01T00:00:00.000Z']]);
});
