import assert from 'node:assert/strict';
import type { Delivery, OutputDefinition } from '../../src/output/define.ts';
import { httpContract } from './http-contract.ts';

/** What the contract must know about an output that posts alerts as JSON. */
export interface PostProbe {
  /** Tells the probes of one output apart; absent when there is one. */
  readonly variant?: string;
  readonly settings: (origin: string) => object;
  /** Where the alerts must arrive. */
  readonly path: string;
  /** Headers beside those that every such request has, with names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body for an alert. Default: its JSON. */
  readonly bodyOf?: (delivery: Delivery) => string;
  /** What the destination answers when it has the alert. Default: 200 and a text. */
  readonly answer?: { readonly status: number; readonly body?: string };
}

/** Declares the contract's tests of an output made with `definePoster`, or like it. */
export function postContract(definition: OutputDefinition, probe: PostProbe): void {
  const { settings, path, headers = {}, bodyOf = ({ json }) => json } = probe;
  httpContract(definition, {
    ...(probe.variant !== undefined && { variant: probe.variant }),
    settings,
    accepted: () => probe.answer ?? { status: 200, body: 'taken' },
    check(requests, deliveries) {
      assert.equal(requests.length, deliveries.length);
      for (const [n, delivery] of deliveries.entries()) {
        const request = requests[n]!;
        assert.equal(`${request.method} ${request.path}`, `POST ${path}`);
        const expected = {
          'content-type': 'application/json; charset=utf-8',
          'idempotency-key': delivery.key,
          'tocsin-hops': '1',
          ...headers,
        };
        assert.partialDeepStrictEqual(request.headers, expected);
        assert.ok(request.body === bodyOf(delivery), request.body);
      }
    },
    sendsNumbers: true,
  });
}
