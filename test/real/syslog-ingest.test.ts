import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { createSyslogIngest } from '../../src/ingest/syslog/server.ts';
import { startService } from '../services/service.ts';
import { AGENTS } from '../support/agent-settings.ts';
import { corpusLines } from '../support/corpus.ts';
import { eventually } from '../support/eventually.ts';
import { memoryAdmission } from '../support/memory-admission.ts';

/** What a real syslog-ng forwards to the hub. */

const ADDRESS = { address: '127.0.0.1:0' };

test('syslog-ng forwards Falco’s alerts, to the digit', { timeout: 600_000 }, async (t) => {
  const { admitter, stored } = memoryAdmission();
  const rejected: string[] = [];
  const ingest = createSyslogIngest({
    settings: {
      udp: ADDRESS,
      tcp: ADDRESS,
      messageBytesMax: 65_536,
      connectionsMax: 10,
      connectionsPerSenderMax: 10,
      idleTimeout: 60_000,
      minimumPriority: 'debug',
      utcOffset: '+00:00',
    },
    admission: admitter,
    agents: () => AGENTS,
    onRejected: ({ code }) => void rejected.push(code),
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  await ingest.listen();
  t.after(() => ingest.close(0));
  const { tcp, udp } = ingest.addresses();
  const service = await startService(t, 'syslog', {
    SYSLOG_FORWARD_TCP: String(tcp?.port),
    SYSLOG_FORWARD_UDP: String(udp?.port),
  });
  if (service === undefined) return;
  const lines = corpusLines.filter((line) => line.includes('"evt.time":') && line.length < 8000);
  const [host = '', port] = (service['SYSLOG_ADDRESS'] ?? '').split(':');
  const sender = connect(Number(port), host);
  t.after(() => sender.destroy());
  await once(sender, 'connect');
  const head = '<132>1 2026-08-11T02:03:57.123456Z node-1 falco 1 - - ';
  sender.end(lines.map((line) => `${head}${line}\n`).join(''));
  // Over each of three ways: in lines, counted, and as datagrams. What has a uuid is known again.
  const copies = (line: string): string[] =>
    line.includes('"uuid":') ? [line] : [line, line, line];
  const sent = lines.flatMap(copies);
  await eventually('all arrive', () => stored.length === sent.length);
  assert.deepEqual(rejected, []);
  const digits = (text: string): string | undefined => /"evt\.time":(\d+)/.exec(text)?.[1];
  const arrived = stored.map(({ json }) => digits(json));
  const byNumber = (a = '', b = ''): number => a.localeCompare(b);
  assert.deepEqual(arrived.toSorted(byNumber), sent.map(digits).toSorted(byNumber));
});
