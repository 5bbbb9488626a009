import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery } from '../../src/output/define.ts';
import { goldenCases } from './golden.ts';
import { loadSidekick } from './load-sidekick.ts';

/** Declares the test that an output's messages are Falcosidekick's under its configuration. */
export function goldenMessages(
  id: string,
  messageOf: (settings: never, deliveries: readonly Delivery[]) => unknown,
): void {
  test(`${id}: a Falcosidekick configuration makes the message Falcosidekick makes`, async () => {
    const enabling = { [`${id}.webhookurl`]: 'https://chat.example.org/hook' };
    for (const { name, delivery, settings, expected } of await goldenCases(id, enabling)) {
      assert.deepEqual(messageOf(settings as never, [delivery]), expected, name);
    }
  });
}

/** What an output to a chat shows under a configuration that says nothing of it. */
export const SIDEKICK_LOOK = { outputFormat: 'all', footer: '', uuidInFooter: false, shownMax: 10 };

/** Declares the test that all of Falcosidekick's keys of an output are understood. */
export function sidekickSettings(
  id: string,
  section: Readonly<Record<string, unknown>>,
  expected: object,
): void {
  test(`${id}: everything that can be set in Falcosidekick is kept`, async () => {
    const common = { minimumpriority: 'notice', checkcert: false };
    const loaded = await loadSidekick({ [id]: { ...section, ...common } });
    assert.deepEqual([loaded.warnings, loaded.misconfigured], [[], []]);
    assert.deepEqual(loaded.settings, expected);
    assert.partialDeepStrictEqual(loaded.common, {
      minimumPriority: 'notice',
      tls: { verify: false },
    });
  });
}
