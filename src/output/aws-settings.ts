import { Type } from 'typebox';
import type { Mistake } from './check.ts';
import type { Environment } from './proxy.ts';
import { optionalSecret, secret, textLike } from './settings.ts';

/** Settings that outputs to AWS have in common. */

export const awsSettings = {
  region: Type.Optional(
    textLike(
      'Region, `eu-central-1`. Absent: `AWS_REGION`, then `AWS_DEFAULT_REGION`.',
      '^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$',
    ),
  ),
  accessKeyId: Type.Optional(
    textLike(
      'With secretAccessKey: a fixed key. Absent: what the pod or the machine is given (IRSA, EKS Pod Identity, ECS, EC2), or the `AWS_…` variables.',
      '^[A-Za-z0-9_]{3,128}$',
    ),
  ),
  secretAccessKey: optionalSecret('Secret of accessKeyId.'),
  sessionToken: optionalSecret('Session token, where the fixed key is a temporary one.'),
  roleArn: Type.Optional(
    textLike(
      'Role that is assumed (STS AssumeRole) with those credentials.',
      '^arn:[a-z-]+:iam::[0-9]{12}:role/.+$',
    ),
  ),
  externalId: Type.Optional(
    secret({ description: 'External ID that the role asks for.', minLength: 2, maxLength: 1224 }),
  ),
};

export interface AwsSettings {
  readonly region?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

/** What the schema cannot say. Quotes no secret. */
export function checkAwsSettings(settings: AwsSettings): Mistake[] {
  const { accessKeyId, secretAccessKey, sessionToken, roleArn, externalId } = settings;
  const rows: readonly (readonly [boolean, path: string, beside: string])[] = [
    [secretAccessKey !== undefined && accessKeyId === undefined, 'accessKeyId', 'secretAccessKey'],
    [accessKeyId !== undefined && secretAccessKey === undefined, 'secretAccessKey', 'accessKeyId'],
    [sessionToken !== undefined && accessKeyId === undefined, 'accessKeyId', 'sessionToken'],
    [externalId !== undefined && roleArn === undefined, 'roleArn', 'externalId'],
  ];
  return rows
    .filter(([isMissing]) => isMissing)
    .map(([, path, beside]) => ({ path, message: `is missing beside ${beside}` }));
}

/** The configured region, or that of the environment. */
export function awsRegion(
  { region }: Pick<AwsSettings, 'region'>,
  environment: Environment,
): string | undefined {
  return region ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined);
}

/** Where regions whose names begin so have their services. */
const SUFFIXES: readonly (readonly [prefix: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['eusc-', 'amazonaws.eu'],
];

/** The host of a service in a region: `sqs.eu-central-1.amazonaws.com`. */
export function awsHost(service: string, region: string): string {
  const [, suffix = 'amazonaws.com'] = SUFFIXES.find(([start]) => region.startsWith(start)) ?? [];
  return `${service}.${region}.${suffix}`;
}
