import { createPrivateKey } from 'node:crypto';

/** What Google gives a program to know it by: JSON, in a file or in a setting. */

/** @see https://cloud.google.com/iam/docs/keys-create-delete */
export interface ServiceAccount {
  readonly kind: 'serviceAccount';
  readonly email: string;
  readonly keyId: string;
  /** PEM. */
  readonly privateKey: string;
  readonly tokenUrl: string;
}

/** @see https://google.aip.dev/auth/4117 */
export interface ExternalAccount {
  readonly kind: 'externalAccount';
  readonly audience: string;
  readonly subjectTokenType: string;
  readonly tokenUrl: string;
  /** A file that holds a token of the cluster, which Kubernetes renews. */
  readonly file: string;
  /** Where the token is a member of JSON: its name. */
  readonly member: string | undefined;
  readonly impersonationUrl: string | undefined;
}

export type GoogleCredentials = ServiceAccount | ExternalAccount;

/**
 * Reads them, as they are or in base64.
 *
 * @returns Or what is wrong, in words that quote nothing.
 */
export function readGoogleCredentials(text: string): GoogleCredentials | string {
  const json = jsonIn(text);
  if (json === undefined) return 'is not the JSON that Google gives, and not that in base64';
  if (json['type'] === 'service_account') return serviceAccount(json);
  if (json['type'] === 'external_account') return externalAccount(json);
  return 'is neither the key of a service account nor a configuration of workload identity federation';
}

type Json = Readonly<Record<string, unknown>>;

function jsonIn(text: string): Json | undefined {
  const trimmed = text.trim();
  const plain = trimmed.startsWith('{') ? trimmed : Buffer.from(trimmed, 'base64').toString();
  try {
    const value: unknown = JSON.parse(plain);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function serviceAccount(json: Json): GoogleCredentials | string {
  const { client_email: email, private_key: privateKey, private_key_id: keyId } = json;
  const { token_uri: tokenUrl = 'https://oauth2.googleapis.com/token' } = json;
  if (!isText(email) || !isText(privateKey) || !isText(tokenUrl)) {
    return 'has no client_email or no private_key';
  }
  if (!isPrivateKey(privateKey)) return 'has a private_key that cannot be read';
  return {
    kind: 'serviceAccount',
    email,
    keyId: isText(keyId) ? keyId : '',
    privateKey,
    tokenUrl,
  };
}

function externalAccount(json: Json): GoogleCredentials | string {
  const { audience, subject_token_type: subjectTokenType, token_url: tokenUrl } = json;
  const { credential_source, service_account_impersonation_url: impersonationUrl } = json;
  const { file, format } = (credential_source ?? {}) as Json;
  if (!isText(file)) return 'has no credential_source.file: other sources of a token are not read';
  if (!isText(audience) || !isText(subjectTokenType) || !isText(tokenUrl)) {
    return 'has no audience, subject_token_type or token_url';
  }
  const { subject_token_field_name: member } = (format ?? {}) as Json;
  return {
    kind: 'externalAccount',
    audience,
    subjectTokenType,
    tokenUrl,
    file,
    member: isText(member) ? member : undefined,
    impersonationUrl: isText(impersonationUrl) ? impersonationUrl : undefined,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
