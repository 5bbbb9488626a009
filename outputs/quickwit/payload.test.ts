import assert from 'node:assert/strict';
import test from 'node:test';
import { settingsOf } from '../../test/contract/attempt.ts';
import quickwit from './index.ts';
import { indexConfig } from './payload.ts';
import type { QuickwitSettings } from './settings.ts';

test('an index has its time in time, and takes any field', () => {
  const settings = settingsOf(quickwit, { url: 'http://q', index: 'soc' }).values;
  const text = JSON.stringify(indexConfig(settings as QuickwitSettings));
  assert.match(text, /"index_id":"soc"/);
  assert.match(text, /"timestamp_field":"time"/);
  assert.match(text, /"name":"output_fields","type":"json"/);
});
