import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('what nobody sets is as in Falcosidekick, by TCP', async () => {
  const { settings, warnings } = await loadSidekick({ syslog: { host: 'h', port: '514' } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    address: 'h:514',
    transport: 'tcp',
    framing: 'lines',
    standard: 'rfc3164',
    isoTime: true,
    format: 'falco',
    facility: 'kern',
    appName: 'Falco',
    bytesMax: 8192,
    confirm: false,
  });
});

test('UDP, IPv6 and CEF, of which it is told that it is another', async () => {
  const own = { host: '::1', port: '1514', protocol: 'UDP', format: 'CEF' };
  const { settings, warnings } = await loadSidekick({ syslog: own });
  const { address, transport, format } = settings ?? {};
  assert.deepEqual([address, transport, format], ['[::1]:1514', 'udp', 'cef']);
  assert.equal(warnings.length, 1);
});
