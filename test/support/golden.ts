import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Alert, Priority } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { loadSidekick } from './load-sidekick.ts';

/** What Falcosidekick makes of an alert, from `test/data/falcosidekick/`. */
export interface GoldenCase {
  readonly name: string;
  readonly delivery: Delivery;
  /** What the output sees under the case's Falcosidekick configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
}

interface StoredCase {
  readonly name: string;
  readonly input: Omit<Partial<Alert>, 'priority'> & {
    readonly priority?: string;
    readonly output_fields: Alert['fields'];
    readonly tags?: readonly string[];
  };
  readonly config: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
}

/** @param enabling Keys without which Falcosidekick would not have the output. */
export async function goldenCases(id: string, enabling: object): Promise<GoldenCase[]> {
  const file = new URL(`../data/falcosidekick/${id}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: StoredCase[] };
  return Promise.all(
    cases.map(async ({ name, input, config, expected }) => {
      const { settings } = await loadSidekick({ ...config, ...enabling });
      assert.ok(settings);
      return { name, delivery: deliveryFrom(input), settings, expected };
    }),
  );
}

function deliveryFrom({
  output_fields: fields,
  priority = 'debug',
  tags = [],
  ...rest
}: StoredCase['input']) {
  const name = priority.toLowerCase() as Priority;
  return deliveryOf(alertWith({ ...rest, fields, priority: name, tags: tags.toSorted() }));
}
