import assert from 'node:assert/strict';
import type { Delivery, OutputDefinition } from '../../src/output/define.ts';
import { httpContract } from './http-contract.ts';
import type { Received, Reply } from './server.ts';

/** What the contract must know about an output that pushes many alerts in one request. */
export interface PushProbe {
  settings(origin: string): object;
  /** Of the request. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the store answers when it has so many alerts. */
  accepted(count: number): Reply;
  /** The documents in a request, and what is wrong with any of them as an assertion. */
  documentsIn(request: Received): readonly string[];
  readonly lookalikes: readonly Reply[];
}

/** Declares the tests of `httpContract`, for a request in which each alert is a document. */
export function pushContract(definition: OutputDefinition, probe: PushProbe): void {
  httpContract(definition, {
    settings: probe.settings,
    accepted: (request) => probe.accepted(probe.documentsIn(request).length),
    check(requests, deliveries) {
      const found = requests.flatMap((request) => {
        assert.equal(request.method, 'POST');
        assert.equal(request.path, probe.path);
        for (const [name, value] of Object.entries(probe.headers)) {
          assert.equal(request.headers[name], value, name);
        }
        return probe.documentsIn(request);
      });
      sameAlerts(found, deliveries);
    },
    sendsNumbers: true,
    lookalikes: probe.lookalikes,
    oddAlerts: 100,
  });
}

/** By their ids, which stand in each document as they are. */
function sameAlerts(documents: readonly string[], deliveries: readonly Delivery[]): void {
  assert.equal(documents.length, deliveries.length);
  for (const [n, document] of documents.entries()) {
    const { alert } = deliveries[n] as Delivery;
    const { uuid } = JSON.parse(document) as { uuid?: string };
    assert.equal(uuid, alert.uuid);
  }
}
