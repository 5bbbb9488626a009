import assert from 'node:assert/strict';
import test from 'node:test';
import { postContract } from '../../test/contract/post-contract.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import webui from './index.ts';

postContract(webui, {
  settings: (url) => ({ url, outputs: ['Slack'] }),
  path: '/',
  bodyOf: ({ json }) => `{"event":${json},"outputs":["Slack"]}`,
});

test('webui: Falcosidekick has one key', async () => {
  const { settings } = await loadSidekick({ webui: { url: 'http://ui:2802' } });
  assert.deepEqual(settings, { url: 'http://ui:2802', outputs: [] });
});
