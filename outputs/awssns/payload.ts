import { type Alert, type FieldValue, isExactNumber, priorityTitle } from '../../src/alert.ts';
import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { type FifoMembers, fifoMembers } from '../../src/output/aws-messages.ts';
import { oneLine, truncateBytes } from '../../src/output/format.ts';
import { fitted } from '../../src/output/rewrite.ts';
import type { SnsSettings } from './settings.ts';

/** One message of a batch. */
export interface Notice {
  readonly message: string;
  readonly attributes: readonly Attribute[];
  readonly fifo: FifoMembers;
}

export interface Attribute {
  readonly name: string;
  readonly type: 'String' | 'Number';
  readonly value: string;
}

/** A message may have 256 KiB with its attributes, which are less than this. */
const MESSAGE_BYTES_MAX = 180 * 1024;
const ATTRIBUTES_BYTES_MAX = 64 * 1024;
const VALUE_BYTES_MAX = 1024;

export function noticeOf(settings: SnsSettings, delivery: Delivery): Notice {
  const { topicArn, group, message, attributes } = settings;
  return {
    message: message === 'text' ? textOf(delivery) : jsonOf(settings, delivery),
    attributes: attributes ? within(attributesOf(settings, delivery)) : [],
    fifo: fifoMembers(topicArn, group, delivery),
  };
}

function textOf({ alert }: Delivery): string {
  const text = truncateBytes(oneLine(alert.output), MESSAGE_BYTES_MAX).trim();
  // SNS takes no message that is empty.
  return text || oneLine(alert.rule);
}

function jsonOf({ format }: SnsSettings, delivery: Delivery): string {
  return fitted(delivery, MESSAGE_BYTES_MAX, (one) => alertDocument(one, format));
}

/** Falcosidekick's, in text; in JSON those that people filter by. */
function attributesOf({ message }: SnsSettings, { alert, key }: Delivery): Attribute[] {
  const { priority, rule, source, tags, hostname, uuid } = alert;
  const facts = { priority: priorityTitle(priority), rule, source };
  if (message === 'json') return texts({ ...facts, uuid, delivery_key: key });
  const own = texts({ ...facts, tags: tags.join(','), hostname });
  return [...own, ...fieldAttributes(alert, new Set(own.map(({ name }) => name)))];
}

function texts(values: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(values)
    .map(([name, value]) => ({ name, type: 'String' as const, value: plain(value) }))
    .filter(({ value }) => value !== '');
}

/** No field takes the name of another, or of what the alert itself is. */
function fieldAttributes({ fields }: Alert, taken: Set<string>): Attribute[] {
  const attributes: Attribute[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const name = attributeName(field);
    const attribute = attributeOf(name, value);
    if (attribute === undefined || taken.has(name)) continue;
    taken.add(name);
    attributes.push(attribute);
  }
  return attributes;
}

/** Letters, digits, `_`, `-` and single dots; none that AWS keeps for itself. */
export function attributeName(field: string): string {
  const name = field
    .replaceAll('[', '.')
    .replaceAll(']', '')
    .replaceAll(/[^A-Za-z0-9_.-]/g, '_')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^\.+|\.+$/g, '')
    .slice(0, 200)
    .replace(/\.$/, '');
  return /^(?:aws|amazon)\./i.test(name) ? `_${name}` : name;
}

/** What SNS takes for a number. */
const NUMBER = /^-?\d{1,38}(?:\.\d{1,30})?$/;

function attributeOf(name: string, value: FieldValue): Attribute | undefined {
  if (name === '') return undefined;
  if (typeof value === 'string') {
    const text = plain(value);
    return text === '' ? undefined : { name, type: 'String', value: text };
  }
  const digits = isExactNumber(value) ? value.rawJSON : String(value);
  const isNumber = (typeof value === 'number' || isExactNumber(value)) && NUMBER.test(digits);
  return isNumber ? { name, type: 'Number', value: digits } : undefined;
}

function plain(text: string): string {
  return truncateBytes(oneLine(text).trim(), VALUE_BYTES_MAX);
}

function within(attributes: readonly Attribute[]): Attribute[] {
  let bytes = 0;
  return attributes.filter((attribute) => {
    bytes += attributeBytes(attribute);
    return bytes <= ATTRIBUTES_BYTES_MAX;
  });
}

function attributeBytes({ name, type, value }: Attribute): number {
  return name.length + type.length + Buffer.byteLength(value);
}

/** As SNS counts it. */
export function sizeOf({ message, attributes }: Notice): number {
  const own = attributes.reduce((sum, attribute) => sum + attributeBytes(attribute), 0);
  return Buffer.byteLength(message) + own;
}

/** A form, for SNS does not take JSON. Messages are named by their places. */
export function publishForm(topicArn: string, notices: readonly Notice[]): string {
  const form = new URLSearchParams({
    Action: 'PublishBatch',
    Version: '2010-03-31',
    TopicArn: topicArn,
  });
  for (const [n, { message, attributes, fifo }] of notices.entries()) {
    const entry = `PublishBatchRequestEntries.member.${n + 1}`;
    form.set(`${entry}.Id`, String(n));
    form.set(`${entry}.Message`, message);
    for (const [name, value] of Object.entries(fifo)) form.set(`${entry}.${name}`, String(value));
    for (const [at, { name, type, value }] of attributes.entries()) {
      const attribute = `${entry}.MessageAttributes.entry.${at + 1}`;
      form.set(`${attribute}.Name`, name);
      form.set(`${attribute}.Value.DataType`, type);
      form.set(`${attribute}.Value.StringValue`, value);
    }
  }
  return form.toString();
}
