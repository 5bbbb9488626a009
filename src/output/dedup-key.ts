import { hash } from 'node:crypto';
import { type TOptional, type TString, Type } from 'typebox';
import type { Delivery } from './define.ts';
import { template } from './settings.ts';
import { rendered } from './text-template.ts';

/** The key by which a destination knows that two alerts are one incident, and a resend none. */

/**
 * The setting for it.
 *
 * @param what What the destination makes of an alert: an incident, an issue.
 * @param whenEmpty What an empty template means, as a sentence.
 */
export function dedupKeySetting(what: string, whenEmpty: string): TOptional<TString> {
  return Type.Optional(
    template({
      description: `What alerts share an ${what}, as a Go template over the alert. Default: the delivery key, so each alert has its own and a resend makes no second one. ${whenEmpty}`,
    }),
  );
}

/**
 * The key of an alert, of at most `charsMax` characters; undefined where the template is empty. A
 * template that fails, or says nothing, costs no page: the alert then stands for itself.
 */
export function dedupKeyOf(
  template: string | undefined,
  { alert, key }: Pick<Delivery, 'alert' | 'key'>,
  charsMax: number,
): string | undefined {
  if (template === '') return undefined;
  const text = template === undefined ? '' : rendered(template, alert);
  return bounded(text || key, charsMax);
}

/** Two keys that differ only beyond the limit must not become one. */
function bounded(key: string, charsMax: number): string {
  return key.length > charsMax ? hash('sha256', key, 'hex') : key;
}
