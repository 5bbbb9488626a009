import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { fitted } from '../../src/output/rewrite.ts';
import { percentEncoded } from '../../src/output/sigv4.ts';
import type { LambdaSettings } from './settings.ts';

/** What Lambda takes (docs.aws.amazon.com/lambda, Quotas): less where it queues. */
const BYTES_MAX = { RequestResponse: 6_000_000, Event: 250_000 };

export function payloadOf(
  { invocationType, format }: Pick<LambdaSettings, 'invocationType' | 'format'>,
  delivery: Delivery,
): string {
  return fitted(delivery, BYTES_MAX[invocationType], (one) => alertDocument(one, format));
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function invocationPath(name: string): string {
  return `/2015-03-31/functions/${percentEncoded(name)}/invocations`;
}
