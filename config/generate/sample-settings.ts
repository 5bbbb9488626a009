import { generateKeyPairSync } from 'node:crypto';
import type { OutputDefinition } from '../../src/output/define.ts';
import { validate } from '../check/validate.ts';

/** Settings that a sample is made with. */
export interface SampleSettings {
  /** The example of the output with every default, and with credentials. */
  readonly values: never;
  /** What of them differs from the example and shows in the sample, as YAML. */
  readonly differences: readonly string[];
}

export function sampleSettings({ schema, example }: OutputDefinition): SampleSettings {
  const { properties } = schema;
  const values = { ...credentialsFor(properties), ...structuredClone(example) };
  // What people read is JSON.
  const isBinary = 'encoding' in properties && 'resource' in properties;
  validate(schema, isBinary ? Object.assign(values, { encoding: 'json' }) : values, {
    base: [],
    baseDirectory: '/',
    isHidden: () => true,
    onSecret: () => undefined,
    onFile: () => undefined,
  });
  if ('aws' in values) values.aws = { ...(values.aws as object), ...AWS_KEY };
  return { values: values as never, differences: isBinary ? ['encoding: json'] : [] };
}

const AWS_KEY = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };

/**
 * What an example leaves to the pod or the machine. A sample must not ask around for it: it would
 * hang on the machine that generates, and show nothing of it anyway.
 */
function credentialsFor(properties: object): Record<string, unknown> {
  if ('roleArn' in properties) return { region: 'eu-central-1', ...AWS_KEY };
  if ('keyName' in properties) return { keyName: 'send', key: 'example' };
  if ('credentials' in properties) return { credentials: googleKey() };
  return {};
}

/** A key that no account has. */
function googleKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return JSON.stringify({
    type: 'service_account',
    client_email: 'hub@example.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
}
