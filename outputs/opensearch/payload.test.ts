import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import type { SearchSettings } from '../../src/output/search/settings.ts';
import opensearch from './index.ts';
import { bulkLines } from './payload.ts';

test('a document is created once, in the index of its day', () => {
  const raw = { nodes: ['https://o'], index: 'soc' };
  const settings = settingsOf(opensearch, raw).values as unknown as SearchSettings;
  const delivery = deliveryOf(alertWith());
  const [action, document] = bulkLines(delivery, settings);
  const { create } = JSON.parse(action) as { create: { _index: string; _id: string } };
  assert.match(create._index, /^soc-\d{4}\.\d\d\.\d\d$/);
  assert.equal(create._id, delivery.key);
  assert.ok(document.endsWith(delivery.json.slice(1)));
});
