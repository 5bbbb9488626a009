import assert from 'node:assert/strict';
import { otlpContract } from '../../test/contract/otlp-contract.ts';
import otlptraces from './index.ts';

interface Sent {
  readonly resourceSpans: { scopeSpans: { spans: { spanId: string; traceId: string }[] }[] }[];
}

otlpContract(otlptraces, {
  path: '/v1/traces',
  rejected: 'rejectedSpans',
  check(documents, deliveries) {
    const spans = (documents as Sent[])
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }) => spans);
    assert.deepEqual(
      spans.map(({ spanId }) => spanId),
      deliveries.map(({ key }) => key.slice(0, 16)),
    );
    for (const { traceId } of spans) assert.match(traceId, /^[0-9a-f]{32}$/);
  },
});
