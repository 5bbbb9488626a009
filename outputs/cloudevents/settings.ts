import { type Static, Type } from 'typebox';
import { headersNamed } from '../../src/output/http-settings.ts';
import { checkHeaders, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { secret, text } from '../../src/output/settings.ts';

const closed = { additionalProperties: false } as const;

export const schema = Type.Object(
  {
    url: secret({ description: 'Where to post to. Secret, for a token may be in it.' }),
    mode: Type.Enum(['binary', 'structured', 'batch'], {
      description:
        'binary: the attributes are headers, the alert is the body. structured: all is one JSON object. batch: many of these in one request.',
      default: 'binary',
    }),
    source: Type.String({
      description: 'Attribute `source`, a URI.',
      default: 'https://falco.org',
      minLength: 1,
    }),
    eventType: Type.String({
      description: 'Attribute `type`.',
      default: 'falco.rule.output.v1',
      minLength: 1,
    }),
    extensions: Type.Record(
      Type.String({ pattern: '^[a-z0-9]{1,20}$' }),
      text('Value of the attribute.'),
      {
        ...closed,
        description:
          'More attributes of every alert. Names are lower-case letters and digits. They go before `priority`, `rule`, `eventsource` and `hostname`.',
        default: {},
      },
    ),
    headers: headersNamed('Headers sent with every request, such as `Authorization`.'),
  },
  closed,
);

/** Defaults filled in. */
export type CloudEventsSettings = Static<typeof schema>;

export function mistakesIn({ url, extensions, headers }: CloudEventsSettings): Mistake[] {
  const taken = Object.keys(extensions).filter((name) => OURS.has(name));
  return [
    ...checkHttpUrl('url', url),
    ...checkHeaders('headers', headers),
    ...taken.map((name) => ({
      path: `extensions.${name}`,
      message: 'is an attribute that the hub itself sets',
    })),
  ];
}

/** Attributes that CloudEvents defines, and its names for the data. */
const OURS: ReadonlySet<string> = new Set([
  'data',
  'database64',
  'datacontenttype',
  'dataschema',
  'id',
  'source',
  'specversion',
  'subject',
  'time',
  'type',
]);
