import { readFalcoLine, unescapeFalcoLine } from '../../src/ingest/agents/falco-line.ts';
import { auditdDocument } from '../../src/ingest/auditd/document.ts';
import { Reassembler } from '../../src/ingest/auditd/reassemble.ts';
import { parseRecord } from '../../src/ingest/auditd/record.ts';
import { Assembler } from '../../src/ingest/lines/assemble.ts';
import { LineStream } from '../../src/ingest/lines/stream.ts';
import { unwrapLine } from '../../src/ingest/lines/unwrap.ts';
import { readSyslog } from '../../src/ingest/syslog/document.ts';
import { Framer } from '../../src/ingest/syslog/framer.ts';
import { grownTexts, type Parser } from './parser.ts';
import { context, NOW_MS, stored } from './taken.ts';

/** What comes line by line. */

const PARTS = ['a', ' ', '=', 'a=b ', '\\', '|', '"', "'", '[', ']', ':', '0', '1.', '\\"', 'a="'];

const syslog: Parser = {
  name: 'syslog',
  inputs: grownTexts(
    [
      '',
      '<11>',
      '<11>1 ',
      '<11>1 - host app - - ',
      '<165>1 2003-08-24T05:14:15.000003-07:00 h p 8710 ID47 [a@1 ',
      '<165>1 2003-08-24T05:14:15.000003-07:00 h p 8710 ID47 [a@1 x="',
      '<13>Aug 11 00:04:09 host ',
      '<13>Aug 11 00:04:09 host app[1]: ',
      '<13>2026-08-11T00:04:09Z host Falco[1]: Notice ',
      '<11>1 - h a - - CEF:0|',
      '<11>1 - h a - - CEF:0|v|p|1|s|n|5|',
      '<11>1 - h a - - CEF:0|v|p|1|s|n|5|cs1Label=x cs1=',
      '<11>1 - h a - - LEEF:1.0|V|P|1|E|',
      '<11>1 - h a - - LEEF:2.0|V|P|1|E|^|',
      '<11>1 - h a - - LEEF:2.0|V|P|1|E|x3d|',
    ],
    [...PARTS, '^', '\t', '[a b="c"]', ' x="y"'],
  ),
  read: (input) =>
    stored(
      readSyslog(input.toString(), { ...context, utcOffset: '+00:00', minimumPriority: 'debug' }),
    ),
};

/** As they come at the worst: byte by byte. */
const stream: Parser = {
  name: 'syslog in a stream',
  inputs: grownTexts(['', '1', '99999999 ', '9 '], ['a', '9', '\n', '\0', '1 a', '5 <1>1\n', ' ']),
  read(input) {
    const framer = new Framer(64 * 1024);
    for (let at = 0; at < input.length; at += 1) framer.push(input.subarray(at, at + 1));
    return framer.end();
  },
};

const HEAD = 'msg=audit(1786406401.512:1):';

const auditd: Parser = {
  name: 'auditd',
  inputs: [
    ...grownTexts(
      [
        '',
        'node=',
        `type=SYSCALL ${HEAD} `,
        `type=AVC ${HEAD} avc:  denied  { `,
        `type=EXECVE ${HEAD} argc=9 a0=`,
        `type=EXECVE ${HEAD} a0[0]=61 `,
        `type=USER_CMD ${HEAD} msg='cmd=`,
        `type=PROCTITLE ${HEAD} proctitle=`,
      ],
      [...PARTS, '\u001d', '61', "msg='", 'a1[1]=62 ', '\u0001'],
    ),
    ...grownTexts(
      [`type=SYSCALL ${HEAD}\n`],
      [`type=PATH ${HEAD} name="a"\n`, 'type=SYSCALL msg=audit(1.000:2): a=1\n', '\n'],
    ),
    {
      what: 'events that are never whole',
      make: (chars) =>
        Buffer.from(
          Array.from(
            { length: Math.ceil(chars / 40) },
            (_, serial) => `type=SYSCALL msg=audit(1786406401.512:${serial}): a=1\n`,
          ).join(''),
        ),
    },
  ],
  read(input) {
    const reassembler = new Reassembler();
    const events = new LineStream(input.length).add(input).flatMap((line) => {
      const record = parseRecord(line.toString());
      return record === undefined ? [] : reassembler.add(record, '', 0, 0);
    });
    const rest = parseRecord(input.toString());
    if (rest !== undefined) events.push(...reassembler.add(rest, '', 0, 0));
    const all = [...events, ...reassembler.giveUp(0, true)];
    return stored(all.map((event) => auditdDocument(event, { priorities: {} })));
  },
};

const TIME = '2026-08-11T00:04:09.1Z';

const wrapped: Parser = {
  name: 'wrapped lines',
  inputs: grownTexts(
    [
      '',
      `${TIME} `,
      `${TIME} stdout F:`,
      `${TIME} stdout F `,
      '{"log":"',
      '{"log":"a\\n","stream":"',
      '{"MESSAGE":"","__REALTIME_TIMESTAMP":',
      '{"__REALTIME_TIMESTAMP":"1","MESSAGE":[',
      'Aug 11 00:04:09 ',
      'Aug 11 00:04:09 host a',
      'Tue 2026-08-11 00:04:09 UTC ',
      '1786406649.123 ',
      '[',
      '<13>',
    ],
    [...PARTS, '1,', '[1],'],
    ['', '"}'],
  ),
  read: (input) => unwrapLine(input.toString(), NOW_MS),
};

const parts: Parser = {
  name: 'lines in parts',
  inputs: grownTexts([''], ['a', 'aaa\n', 'aaaaaaaaaaaaaaa\n']),
  read(input) {
    const assembler = new Assembler({ charsMax: 1024 * 1024 });
    for (const text of new LineStream(input.length).add(input)) {
      const line = unwrapLine(`${TIME} stdout P ${text.toString()}`, NOW_MS);
      assembler.add(line, 0, 0);
    }
    return assembler.giveUp();
  },
};

const falcoText: Parser = {
  name: 'Falco text',
  inputs: grownTexts(
    [
      '',
      'Notice ',
      '12:00:00.5: Notice A shell (user=',
      '2026-08-11T00:04:09.123456789+0200: Error Odd | proc.aname[2]=a fd.name=',
      'Warning Falco internal: ',
      '12:00:00.',
    ],
    [...PARTS, ' a[1]=', '(', ')', ' (', ' | ', '<NA> ', '\\u001b', 'a.b=c '],
  ),
  read(input) {
    const document = readFalcoLine(unescapeFalcoLine(input.toString()), NOW_MS);
    return document === undefined ? undefined : stored([document]);
  },
};

export const lines: readonly Parser[] = [syslog, stream, auditd, wrapped, parts, falcoText];
