import assert from 'node:assert/strict';
import test from 'node:test';
import type { OutputDefinition } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from './alerts.ts';
import { attempt, httpClient, settingsOf } from './attempt.ts';
import { startDestination } from './server.ts';

/** Declares the test that a wait which stands in the body is heeded. */
export function waitsAsTold(
  definition: OutputDefinition,
  settings: (origin: string) => object,
  body: object,
  expectedMs: number,
): void {
  test(`${definition.id}: a wait that the body asks for is heeded`, async (t) => {
    const reply = { status: 429, body: JSON.stringify(body) };
    const destination = await startDestination(t, () => reply);
    const context = {
      settings: settingsOf(definition, settings(destination.origin)),
      http: httpClient(t),
    };
    const result = await attempt(definition, context, [deliveryOf(alertWith())]);
    assert.equal('afterMs' in result && result.afterMs, expectedMs);
  });
}
