import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readAgents } from '../../../src/ingest/agents/table.ts';
import { decodeLogs } from '../../../src/ingest/otlp/decode.ts';
import { readSyslog } from '../../../src/ingest/syslog/document.ts';
import { Framer } from '../../../src/ingest/syslog/framer.ts';
import { WireError } from '../../../src/proto/wire-reader.ts';
import { bytesField, fixed64Field, numberField } from '../../../src/proto/wire.ts';
import { AGENTS } from '../../support/agent-settings.ts';
import { heldBytes } from '../memory.ts';
import { seedsOf, type Target } from '../target.ts';

/** Log records of OpenTelemetry, and streams of syslog. */

const SENDER = { input: 'http', peer: '192.0.2.1' } as const;
const context = { ...AGENTS, sender: SENDER, nowMs: 1_786_406_649_137, alertsMax: 1000 };

const text = (value: string): Buffer => bytesField(1, Buffer.from(value));

function logsWith(...record: readonly Buffer[]): Buffer {
  return bytesField(1, bytesField(2, bytesField(2, Buffer.concat(record))));
}

const TIME = fixed64Field(1, 1_786_406_401_512_000_007n);
const NAMED = bytesField(6, Buffer.concat([text('rule'), bytesField(2, text('Named'))]));

const otlp: Target = {
  name: 'otlp',
  seeds: [
    logsWith(TIME, numberField(2, 17n), bytesField(5, text('disk gone')), NAMED),
    logsWith(TIME, bytesField(5, text('{"rule":"R","priority":"Error","output_fields":{"a":1}}'))),
    logsWith(bytesField(5, bytesField(6, NAMED)), bytesField(5, bytesField(5, text('x')))),
  ],
  words: ['\n', '\u0012', '\u0000', '\u0010\u0011', '{"rule":', '\u007f'],
  memoryBytes: heldBytes,
  check(input) {
    try {
      const { resourceLogs = [] } = decodeLogs(input);
      const read = readAgents([{ resourceLogs }], context);
      if ('status' in read) assert.equal(read.code, 'too_many_alerts');
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  },
};

const CORPUS = ['lines.txt', 'octet-counted.bin'].map((name) =>
  readFileSync(new URL(`../../data/syslog/${name}`, import.meta.url)),
);

const syslog: Target = {
  name: 'syslog',
  seeds: [
    ...CORPUS,
    ...seedsOf([
      '<165>1 2003-08-24T05:14:15.000003-07:00 h p 8710 ID47 [a@1 x="q\\"" y=""] It works\n',
      'CEF:0|v|p|1|100|worm|Very-High|cs1Label=rule set cs1=in\\=out msg=two\\nlines\n',
      'LEEF:2.0|V|P|1|Event 8|^|sev=2^identHostName=host-9^a=b=c\n',
    ]),
  ],
  words: [
    '<11>',
    '1 ',
    '- ',
    '[a b="',
    '"]',
    '\\',
    '|',
    'CEF:0|',
    '\u0000',
    '\n',
    '99999999 ',
    '4 ',
  ],
  memoryBytes: heldBytes,
  check(input) {
    const framer = new Framer(8192);
    const { messages } = framer.push(input);
    for (const message of [...messages, ...framer.end().messages]) {
      const settings = { utcOffset: '+00:00', minimumPriority: 'debug' } as const;
      assert.ok(Array.isArray(readSyslog(message, { ...context, ...settings })));
    }
  },
};

export const doors: readonly Target[] = [otlp, syslog];
