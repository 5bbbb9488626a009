import { type Static, Type } from 'typebox';
import { awsSettings, checkAwsSettings } from '../../src/output/aws-settings.ts';
import type { Mistake } from '../../src/output/check.ts';
import { basicAuthSettings, headersSetting } from '../../src/output/http-settings.ts';
import { indexSettings, nodesSetting, searchMistakes } from '../../src/output/search/settings.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  nodes: nodesSetting('URLs of one cluster, or the endpoint of an AWS domain or collection.'),
  ...basicAuthSettings,
  aws: Type.Optional(
    Type.Object(
      {
        service: Type.Enum(['es', 'aoss'], {
          description:
            'What is behind the endpoint. es: a domain of Amazon OpenSearch Service. aoss: a collection of OpenSearch Serverless.',
          default: 'es',
        }),
        ...awsSettings,
      },
      {
        additionalProperties: false,
        description:
          'Sign requests for AWS (Signature Version 4). `{}` is enough in a pod or on a machine that has a role.',
      },
    ),
  ),
  headers: headersSetting,
  ...indexSettings,
});

/** Defaults filled in. */
export type OpenSearchSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn(settings: OpenSearchSettings): Mistake[] {
  const { aws, username } = settings;
  const mistakes = searchMistakes(settings);
  if (aws === undefined) return mistakes;
  const own = checkAwsSettings(aws).map(({ path, message }) => ({ path: `aws.${path}`, message }));
  if (username !== undefined) {
    own.push({ path: 'aws', message: 'is one way to log in, and username another: choose one' });
  }
  return [...mistakes, ...own];
}
