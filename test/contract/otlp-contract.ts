import assert from 'node:assert/strict';
import type { Delivery, OutputDefinition } from '../../src/output/define.ts';
import { answersMean, type Meaning } from './answers.ts';
import { httpContract } from './http-contract.ts';

/** What the contract must know about an output over OTLP. */
export interface OtlpProbe {
  readonly path: string;
  /** Settings of its own. */
  readonly settings?: object;
  /** The member that counts what was refused. */
  readonly rejected: string;
  /** Fails when an alert is missing in what was sent as JSON. */
  check(documents: readonly unknown[], deliveries: readonly Delivery[]): void;
}

/** Declares the tests that such an output must pass; called from `contract.test.ts` beside it. */
export function otlpContract(definition: OutputDefinition, probe: OtlpProbe): void {
  for (const encoding of ['json', 'protobuf'] as const) {
    const isJson = encoding === 'json';
    const settings = (url: string): object => ({
      url,
      encoding,
      headers: { 'X-Api-Key': 'planted-key' },
      ...probe.settings,
    });
    httpContract(definition, {
      variant: encoding,
      settings,
      accepted: () => ({ status: 200, ...(isJson && { body: '{"partialSuccess":{}}' }) }),
      check(requests, deliveries) {
        for (const { path, headers } of requests) {
          assert.equal(path, probe.path);
          assert.equal(headers['x-api-key'], 'planted-key');
          assert.equal(headers['content-type'], TYPES[encoding]);
        }
        if (!isJson) return;
        const documents = requests.map(({ body }) => JSON.parse(body) as unknown);
        probe.check(documents, deliveries);
      },
      sendsNumbers: false,
      oddAlerts: 60,
    });
    answersMean(definition, settings, isJson ? jsonMeanings(probe.rejected) : PROTOBUF_MEANINGS);
  }
}

const TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;

function jsonMeanings(rejected: string): readonly Meaning[] {
  return [
    [200, {}, 'delivered'],
    [200, { partialSuccess: { [rejected]: '0', errorMessage: 'a warning' } }, 'delivered'],
    [200, { partialSuccess: { [rejected]: '1', errorMessage: 'no' } }, 'reject/payload'],
  ];
}

/** `partial_success` without a count is a warning. */
const PROTOBUF_MEANINGS: readonly Meaning[] = [
  [200, '', 'delivered'],
  [200, '\n\u0000', 'delivered'],
  [200, '\n\u0004\u0012\u0002no', 'delivered'],
  [200, '\n\u0006\u0008\u0001\u0012\u0002no', 'reject/payload'],
];
