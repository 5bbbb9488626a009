import assert from 'node:assert/strict';
import test from 'node:test';
import type { OutputDefinition } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from './alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from './attempt.ts';
import { startDestination } from './server.ts';

/** An answer, and what it means: `retry/auth`. */
export type Meaning = readonly [status: number, body: string | object, verdict: string];

/** Declares the test that an output reads a destination's answers as its reference explains them. */
export function answersMean(
  definition: OutputDefinition,
  settings: (origin: string) => object,
  meanings: readonly Meaning[],
): void {
  test(`${definition.id}: what is about the destination waits, what is about the alert does not`, async (t) => {
    const destination = await startDestination(t, () => 'hang');
    const context = {
      settings: settingsOf(definition, settings(destination.origin)),
      http: httpClient(t),
    };
    for (const [status, said, verdict] of meanings) {
      const body = typeof said === 'string' ? said : JSON.stringify(said);
      destination.reply = () => ({ status, body });
      const result = await attempt(definition, context, [deliveryOf(alertWith())]);
      assert.equal(verdictOf(result), verdict, `${status} ${body}`);
    }
  });
}
