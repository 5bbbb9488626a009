import { bytesField, fixed64Field, numberField } from '../../proto/wire.ts';
import { MESSAGES } from './messages.ts';

type MessageName = keyof typeof MESSAGES;
type Kind = 'text' | 'hex' | 'varint' | 'fixed64' | MessageName;
type Row = readonly [id: number, kind: Kind];

/** A message in Protocol Buffers' form, from its JSON form. Throws on a name that is not in the table. */
export function encodeMessage(name: MessageName, message: object): Buffer {
  const rows: Readonly<Record<string, Row>> = MESSAGES[name];
  const parts: Buffer[] = [];
  for (const [member, value] of Object.entries(message) as [string, unknown][]) {
    const row = rows[member];
    if (row === undefined) throw new TypeError(`${name} has no ${member}`);
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      parts.push(encodeField(row, one));
    }
  }
  return Buffer.concat(parts);
}

function encodeField([id, kind]: Row, value: unknown): Buffer {
  const write = SCALARS.get(kind);
  if (write !== undefined) return write(id, value);
  return bytesField(id, encodeMessage(kind as MessageName, value as object));
}

const SCALARS: ReadonlyMap<Kind, (id: number, value: unknown) => Buffer> = new Map([
  ['text', (id, value) => bytesField(id, Buffer.from(value as string))],
  ['hex', (id, value) => bytesField(id, Buffer.from(value as string, 'hex'))],
  ['varint', (id, value) => numberField(id, BigInt(value as number | boolean))],
  ['fixed64', (id, value) => fixed64Field(id, BigInt(value as string))],
]);
