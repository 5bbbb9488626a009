import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { goldenCases } from '../../test/support/golden.ts';
import { tracesOf } from './payload.ts';
import { fnv1a128, traceIdOf } from './trace-id.ts';

const golden = await goldenCases('otlptraces', {
  otlp: { traces: { endpoint: 'http://otel:4318' } },
});

/** Falcosidekick sends nothing where it knows no pod, container or host; here the alert still goes. */
for (const { name, delivery, expected } of golden) {
  test(`the trace is Falcosidekick's: ${name}`, () => {
    const { trace_id: id, hashed } = expected as Record<string, string | undefined>;
    assert.equal(traceIdOf(delivery.alert), id);
    if (hashed !== undefined) assert.equal(fnv1a128(hashed), id);
  });
}

test('an alert is a span with all there is to say of it', () => {
  const delivery = deliveryOf(
    alertWith({ fields: { 'container.id': 'host', 'proc.pid': 7 }, output: 'line' }),
  );
  const { alert, key } = delivery;
  const text = (name: string, stringValue: string) => ({ key: name, value: { stringValue } });
  const tags = { arrayValue: { values: alert.tags.map((stringValue) => ({ stringValue })) } };
  assert.deepEqual(tracesOf({ resource: { a: 'b' }, spanDuration: 1000 }, [delivery]), {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'falco'), text('a', 'b')] },
        scopeSpans: [
          {
            scope: { name: 'falco-event' },
            spans: [
              {
                traceId: fnv1a128('gpu-node-1'),
                spanId: key.slice(0, 16),
                name: alert.rule,
                kind: 2,
                startTimeUnixNano: '1786406649137331079',
                endTimeUnixNano: '1786406650137331079',
                attributes: [
                  text('container.id', 'host'),
                  text('proc.pid', '7'),
                  text('uuid', alert.uuid),
                  text('source', 'syscall'),
                  text('priority', 'Warning'),
                  text('rule', alert.rule),
                  text('hostname', 'gpu-node-1'),
                  { key: 'tags', value: tags },
                ],
                events: [{ timeUnixNano: '1786406649137331079', name: 'line' }],
              },
            ],
          },
        ],
      },
    ],
  });
});
