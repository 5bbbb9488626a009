import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Random } from '../../../test/support/random.ts';
import { WireError } from '../../proto/wire-reader.ts';
import { bytesField, fixed64Field, numberField } from '../../proto/wire.ts';
import { decodeLogs } from './decode.ts';

const text = (value: string): Buffer => bytesField(1, Buffer.from(value));
const attribute = (value: Buffer): Buffer =>
  bytesField(6, Buffer.concat([text('k'), bytesField(2, value)]));

const RECORD = Buffer.concat([
  fixed64Field(1, 1_786_406_401_512_000_007n),
  numberField(2, 17n),
  bytesField(3, Buffer.from('ERROR')),
  bytesField(5, text('body')),
  attribute(numberField(3, -5n)),
  attribute(numberField(2, 1n)),
  attribute(bytesField(5, bytesField(1, text('in a list')))),
  attribute(bytesField(6, bytesField(1, text('in a map')))),
  bytesField(9, Buffer.from('5b8efff798038103d269b633813fc60c', 'hex')),
  fixed64Field(15, 1n),
]);
const LOGS = bytesField(1, bytesField(2, bytesField(2, RECORD)));

suite('OTLP logs in Protocol Buffers’ form', () => {
  test('are what their JSON form would be; what is not known is stepped over', () => {
    const record = {
      timeUnixNano: '1786406401512000007',
      severityNumber: 17,
      severityText: 'ERROR',
      body: { stringValue: 'body' },
      attributes: [
        { key: 'k', value: { intValue: '-5' } },
        { key: 'k', value: { boolValue: true } },
        { key: 'k', value: { arrayValue: { values: [{ stringValue: 'in a list' }] } } },
        { key: 'k', value: { kvlistValue: { values: [{ key: 'in a map' }] } } },
      ],
      traceId: '5b8efff798038103d269b633813fc60c',
    };
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };
    assert.deepEqual(decodeLogs(LOGS), logs);
  });

  test('whatever else the bytes are, they are refused or read', () => {
    const random = new Random(7);
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(LOGS.subarray(0, random.below(LOGS.length) + 1));
      for (let change = random.below(4); change >= 0; change -= 1) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      try {
        decodeLogs(bytes);
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
      }
    }
  });

  const refused: Readonly<Record<string, Buffer>> = {
    'a length beyond the end': Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    'a number that does not end': Buffer.alloc(20, 0xff),
    'field 0': Buffer.from([0x02, 0x00]),
    'a group': Buffer.from([0x0b, 0x0c]),
    'a number where a message belongs': Buffer.from([0x08, 0x01]),
  };
  for (const [what, bytes] of Object.entries(refused)) {
    test(`${what} is refused`, () => assert.throws(() => decodeLogs(bytes), WireError));
  }

  test('lists within lists end at a depth', () => {
    let value = text('x');
    for (let depth = 0; depth < 1000; depth += 1) value = bytesField(5, bytesField(1, value));
    const deep = bytesField(1, bytesField(2, bytesField(2, bytesField(5, value))));
    assert.throws(() => decodeLogs(deep), /nested deeper than 64/);
  });

  test('millions of empty messages end at a number', () => {
    const many = Buffer.alloc(2_000_000);
    for (let at = 0; at < many.length; at += 2) many[at] = 0x0a;
    assert.throws(() => decodeLogs(many), /more than 500000 messages/);
  });
});
