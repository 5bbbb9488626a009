import assert from 'node:assert/strict';
import test from 'node:test';
import { logsOf } from '../../../outputs/otlplogs/payload.ts';
import { metricsOf, seriesAttributes } from '../../../outputs/otlpmetrics/payload.ts';
import { tracesOf } from '../../../outputs/otlptraces/payload.ts';
import { deliveryOf, oddAlerts } from '../../../test/contract/alerts.ts';
import { decodeOtlp } from '../../../test/support/otlp.ts';
import { encodeMessage } from './encode.ts';

const deliveries = oddAlerts(20_261_129, 40).map((alert) => deliveryOf(alert));
const resource = { 'service.name': 'falco', cluster: 'prod' };
const series = deliveries.map(({ alert }, count) => ({
  attributes: seriesAttributes({ attributeFields: [] }, alert),
  count: count + 1,
}));

const documents = {
  TracesData: tracesOf({ resource, spanDuration: 1000 }, deliveries),
  LogsData: logsOf({ resource, fields: true }, deliveries),
  MetricsData: metricsOf({ resource }, series, 1n, 1_786_406_649_137_331_079n),
} as const;

for (const [name, document] of Object.entries(documents)) {
  test(`${name} is in Protocol Buffers' form what it is in JSON`, () => {
    const bytes = encodeMessage(name as keyof typeof documents, document);
    assert.deepEqual(decodeOtlp(name, bytes), JSON.parse(JSON.stringify(document)));
  });
}
