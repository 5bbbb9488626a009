import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { Delivery } from '../../src/output/define.ts';
import type { Received } from '../contract/server.ts';

/**
 * Fails unless the objects that were written have these alerts, one a line, in their order.
 *
 * @param nameIn The name of the object that a request writes.
 */
export function storedAlerts(
  requests: readonly Received[],
  deliveries: readonly Delivery[],
  nameIn: (request: Received) => string,
): void {
  const lines = requests.flatMap((request) => {
    const name = nameIn(request);
    assert.match(
      name,
      /^falco\/2026\/08\/11\/00\/20260811T000409150Z-[0-9a-f]{32}\.ndjson(\.gz)?$/,
    );
    const isZipped = name.endsWith('.gz');
    const type = isZipped ? 'application/gzip' : 'application/x-ndjson';
    assert.equal(request.headers['content-type'], type);
    const text = (isZipped ? gunzipSync(request.bytes) : request.bytes).toString();
    assert.ok(text.endsWith('\n'));
    return text.slice(0, -1).split('\n');
  });
  assert.deepEqual(
    lines,
    deliveries.map(({ json }) => json),
  );
  const names = requests.map(nameIn);
  assert.equal(new Set(names).size, names.length);
}
