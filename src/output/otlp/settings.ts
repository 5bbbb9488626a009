import { Type } from 'typebox';
import { checkHeaders, checkHttpUrl, type Mistake } from '../check.ts';
import { headersSetting } from '../http-settings.ts';

/** Settings that outputs over OTLP have in common. */

export const otlpSettings = {
  url: Type.String({
    description:
      'Where OTLP over HTTP is taken, `http://otel-collector:4318`. Without a path, the usual one of the signal is added.',
  }),
  encoding: Type.Enum(['protobuf', 'json'], {
    description: 'How a request is written.',
    default: 'protobuf',
  }),
  headers: headersSetting,
  resource: Type.Record(Type.String(), Type.String({ description: 'Value of the attribute.' }), {
    description: 'Attributes of the resource, beside `service.name`, which they may replace.',
    default: {},
  }),
};

export interface OtlpSettings {
  readonly url: string;
  readonly encoding: 'protobuf' | 'json';
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
}

/** What the schema cannot say. */
export function otlpMistakes({ url, headers }: OtlpSettings): Mistake[] {
  return [...checkHttpUrl('url', url), ...checkHeaders('headers', headers)];
}
