import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { get, startHub } from '../support/hub-process.ts';

test('an output sends nothing to the door that takes auditd, whatever its URL says', async (t) => {
  const address = `127.0.0.1:${await freePort()}`;
  const hub = await startHub(t, {
    inputs: { auditd: { address } },
    outputs: { loop: { type: 'webhook', url: `http://${address}/` } },
  });
  const body = JSON.stringify({ rule: 'R', priority: 'Error', output: 'o' });
  await fetch(`${hub.origin()}/`, { method: 'POST', body });
  let metrics = '';
  await eventually('it was tried', async () => {
    metrics = (await get(hub, '/metrics')).text;
    return /tocsin_output_retried_total\{[^}]*output="loop"[^}]*\} [1-9]/.test(metrics);
  });
  assert.doesNotMatch(metrics, /tocsin_lines_total\{name="inputs.auditd"/);
});
