import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { AGENTS } from '../../../test/support/agent-settings.ts';
import { Random } from '../../../test/support/random.ts';
import { AgentDocument } from '../agents/agent-document.ts';
import { DocumentError } from '../body.ts';
import { readSyslog, type SyslogContext } from './document.ts';
import { Framer } from './framer.ts';

const data = (name: string): Buffer =>
  readFileSync(new URL(`../../../test/data/syslog/${name}`, import.meta.url));
const LINES = data('lines.txt').toString().split('\n').filter(Boolean);
const COUNTED = new Framer(65_536).push(data('octet-counted.bin')).messages;

const context: SyslogContext = {
  ...AGENTS,
  sender: { input: 'syslog', peer: '192.0.2.1' },
  nowMs: Date.parse('2026-08-11T03:00:00Z'),
  alertsMax: 256,
  utcOffset: '+00:00',
  minimumPriority: 'debug',
};

/** The one alert in a message. */
function alertIn(raw: string, changes: Partial<SyslogContext> = {}) {
  const [alert, ...others] = readSyslog(raw, { ...context, ...changes });
  assert.deepEqual(others, []);
  assert.ok(alert instanceof AgentDocument, raw);
  const { agent, document } = alert;
  const fields = document['output_fields'] as Readonly<Record<string, unknown>>;
  return { agent, ...document, fields } as Readonly<Record<string, unknown>> & {
    readonly agent: string;
    readonly fields: Readonly<Record<string, unknown>>;
  };
}

suite('syslog', () => {
  test('the corpus: Falco as text and JSON, in every header', () => {
    const falco = [...LINES.slice(0, 3), ...COUNTED].map((line) => alertIn(line));
    for (const { agent, rule, priority, fields } of falco) {
      assert.deepEqual(
        [agent, rule, priority],
        ['falco', 'Directory traversal monitored file read', 'Warning'],
      );
      assert.equal(fields['k8s.ns.name'], 'kube-system');
    }
    assert.deepEqual(
      falco.map(({ hostname }) => hostname),
      [
        'worker-02',
        'worker-02',
        'control-plane',
        'worker-02',
        'control-plane',
        'worker-02',
        'control-plane',
        'control-plane',
      ],
    );
  });

  test('the corpus: other programs, by their severity', () => {
    const [su, audit, bad] = LINES.slice(3).map((line) => alertIn(line));
    assert.deepEqual(
      [su!['rule'], su!['priority'], su!['hostname'], su!['time']],
      ['syslog:su', 'Critical', 'mymachine', '2025-10-11T22:14:15Z'],
    );
    assert.equal(su!['output'], "'su root' failed for lonvick on /dev/pts/8");
    assert.deepEqual([audit!['rule'], audit!['hostname']], ['syslog:audispd', 'host-ü']);
    assert.deepEqual(
      [bad!['rule'], bad!['priority'], bad!['output']],
      ['syslog', 'Notice', 'bad pri'],
    );
  });

  test('RFC 5424: every part of the header, with structured data', () => {
    const alert = alertIn(
      '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 ID47 ' +
        '[a@1 x="q\\"\\]\\\\" y=""][b z="1"] \ufeffIt works',
    );
    assert.deepEqual(
      [alert['rule'], alert['priority'], alert['time'], alert['hostname'], alert['output']],
      ['syslog:myproc', 'Notice', '2003-08-24T12:14:15.000003Z', '192.0.2.1', 'It works'],
    );
    assert.deepEqual(alert.fields, {
      'sd.a@1.x': 'q"]\\',
      'sd.b.z': '1',
      'syslog.app': 'myproc',
      'syslog.process': '8710',
      'syslog.message_id': 'ID47',
    });
    const bare = alertIn('<34>1 - - - - - -');
    assert.deepEqual([bare['rule'], bare['output'], bare['time']], ['syslog', '', undefined]);
  });

  test('RFC 3164: the year is guessed, the zone is told', () => {
    const time = (text: string, utcOffset = '+00:00') =>
      alertIn(`<13>${text} h p: x`, { utcOffset })['time'];
    assert.equal(time('Aug 11 02:03:57'), '2026-08-11T02:03:57Z');
    assert.equal(time('Aug  1 02:03:57'), '2026-08-01T02:03:57Z');
    assert.equal(time('Aug 12 02:00:00'), '2026-08-12T02:00:00Z');
    assert.equal(time('Dec 31 23:59:59'), '2025-12-31T23:59:59Z');
    assert.equal(time('Aug 11 02:03:57', '+07:00'), '2026-08-10T19:03:57Z');
    assert.equal(time('Feb 30 00:00:00'), undefined);
  });

  test('CEF, as Falcosidekick writes it and as others do', () => {
    const uuid = '8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10';
    const own = alertIn(
      `<12>Aug 11 02:03:57 node-1 falco: CEF:0|Falcosecurity|Falco|1.0|Falco Event|Terminal shell|6|uuid=${uuid} start=2026-08-11T02:00:00Z msg=a shell = b source=syscall`,
    );
    assert.deepEqual(
      [own.agent, own['rule'], own['priority'], own['source'], own['hostname'], own['uuid']],
      ['cef', 'Terminal shell', 'Warning', 'syscall', 'node-1', uuid],
    );
    assert.equal(own['time'], '2026-08-11T02:00:00Z');
    const other = alertIn(
      'CEF:0|A\\|B|C\\\\|1|100|worm|Very-High|src=10.0.0.1 cs1Label=rule set cs1=in\\=out msg=two\\nlines rt=1786406401512',
    );
    assert.deepEqual([other['rule'], other['priority']], ['worm', 'Critical']);
    assert.equal(other['output'], 'two\nlines');
    assert.equal(other['time'], '2026-08-11T00:00:01.512Z');
    assert.equal(other.fields['cef.vendor'], 'A|B');
    assert.equal(other.fields['cef.product'], 'C\\');
    assert.equal(other.fields['cef.rule set'], 'in=out');
    assert.equal(alertIn('<9>Aug 11 02:03:57 h CEF:0|v|p|1|s|n|10|msg=m')['priority'], 'Emergency');
    assert.equal(alertIn('<9>Aug 11 02:03:57 h p: CEF:0|v|p')['rule'], 'syslog:p');
  });

  test('LEEF 1.0 and 2.0', () => {
    const first = alertIn('<13>1 - h - - - - LEEF:1.0|V|P|1|Event 7|sev=8\tmsg=m\tusrName=eve');
    assert.deepEqual(
      [first.agent, first['rule'], first['priority'], first['output'], first['hostname']],
      ['leef', 'Event 7', 'Critical', 'm', 'h'],
    );
    const second = alertIn('LEEF:2.0|V|P|1|Event 8|^|sev=2^identHostName=host-9^a=b=c');
    assert.deepEqual([second['rule'], second['hostname']], ['Event 8', 'host-9']);
    assert.equal(second.fields['leef.a'], 'b=c');
    assert.equal(alertIn('LEEF:2.0|V|P|1|E|x5E|a=1^b=2').fields['leef.b'], '2');
  });

  test('what is no alert of a format can be left out by its severity', () => {
    const [error] = readSyslog('<14>Aug 11 02:03:57 h p: x', {
      ...context,
      minimumPriority: 'warning',
    });
    assert.ok(error instanceof DocumentError);
    assert.equal(error.code, 'below_minimum');
    assert.equal(alertIn(LINES[0]!, { minimumPriority: 'emergency' })['priority'], 'Warning');
  });

  test('a CEF text within a message is text: who writes it raises no alert', () => {
    const alert = alertIn('<14>Aug 11 02:03:57 h sshd[1]: user CEF:0|v|p|1|s|forged|10|msg=m');
    assert.deepEqual([alert['rule'], alert['priority']], ['syslog:sshd', 'Informational']);
  });

  test('whatever else a message is, it is an alert', () => {
    const random = new Random(11);
    const seeds = [...LINES, ...COUNTED, 'CEF:0|a|b|c|d|e|5|f=g', 'LEEF:2.0|a|b|c|d|^|e=f^'];
    for (let round = 0; round < 5000; round += 1) {
      const bytes = Buffer.from(random.pick(seeds)).subarray(0, 1 + random.below(400));
      for (let change = random.below(6); change > 0; change -= 1) {
        bytes[random.below(bytes.length)] = random.pick([0, 10, 32, 58, 60, 91, 92, 93, 124, 255]);
      }
      assert.ok(readSyslog(bytes.toString(), context).length > 0);
    }
  });

  test('no text takes more than time in proportion to its length', () => {
    const parts = ['[a b="c"]', '[a', ' a=', 'a=b ', '\\', '|', '\r', ' ', '"', '<', 'x:'];
    const heads = [
      '<1>1 - - - - - ',
      'CEF:0|a|b|c|d|e|5|',
      'LEEF:2.0|a|b|c|d|^|',
      '<1>Aug 11 02:03:57 ',
    ];
    for (const part of parts) {
      for (const head of heads) {
        const time = (bytes: number): number => {
          const text = head + part.repeat(bytes / part.length);
          const startMs = performance.now();
          readSyslog(text, context);
          return performance.now() - startMs;
        };
        time(8192);
        const [short, long] = [time(8192), time(131_072)];
        assert.ok(long < Math.max(short, 4) * 100, `${head}${part}: ${short} ms, ${long} ms`);
      }
    }
  });
});
