import { readFile } from 'node:fs/promises';
import { Type } from 'typebox';
import type { Mistake } from './check.ts';
import { retryError } from './http-error.ts';
import type { HttpClient } from './http.ts';
import { createMetadataClient } from './metadata.ts';
import { fetchToken, grantRequest, keepToken, type Token, type TokenSource } from './oauth.ts';
import { optionalSecret, optionalText, textLike } from './settings.ts';

/** Tokens of Microsoft Entra, for outputs to Azure. */

export const entraSettings = {
  tenantId: Type.Optional(
    textLike(
      'Tenant of the application that the hub is. Default: `AZURE_TENANT_ID`.',
      '^[A-Za-z0-9.-]{1,253}$',
    ),
  ),
  clientId: optionalText(
    'Id of that application, or of a managed identity where there are several. Default: `AZURE_CLIENT_ID`.',
  ),
  clientSecret: optionalSecret(
    'Secret of the application. Default: `AZURE_CLIENT_SECRET`, else the workload identity of the pod, else the managed identity of the machine.',
  ),
};

interface EntraSettings {
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A secret is one of an application in a tenant. */
export function entraMistakes(settings: EntraSettings): Mistake[] {
  if (settings.clientSecret === undefined) return [];
  return (['tenantId', 'clientId'] as const)
    .filter((path) => settings[path] === undefined)
    .map((path) => ({ path, message: 'is missing beside clientSecret' }));
}

export interface EntraTokens extends TokenSource {
  close(): Promise<void>;
}

/**
 * Tokens for one resource, by what the settings or Azure's own variables say.
 *
 * @param resource Such as `https://eventhubs.azure.net`.
 * @param http Leads to Entra.
 */
export function createEntraTokens(
  settings: EntraSettings,
  resource: string,
  http: HttpClient,
  environment: Environment = process.env,
): EntraTokens {
  const metadata = createMetadataClient();
  const application = applicationOf(settings, environment);
  const fetchOne = async (signal: AbortSignal): Promise<Token> => {
    const proof = await proofOf(application, environment);
    if (proof === undefined) {
      return fromMachine(metadata, resource, application.clientId, environment, signal);
    }
    return fromEntra(http, { ...application, proof }, resource, signal);
  };
  return { ...keepToken(fetchOne), close: () => metadata.close() };
}

interface Application extends EntraSettings {
  readonly authority: string;
}

function applicationOf(settings: EntraSettings, environment: Environment): Application {
  const authority = environment['AZURE_AUTHORITY_HOST'] || 'https://login.microsoftonline.com';
  return {
    authority,
    tenantId: settings.tenantId ?? (environment['AZURE_TENANT_ID'] || undefined),
    clientId: settings.clientId ?? (environment['AZURE_CLIENT_ID'] || undefined),
    clientSecret: settings.clientSecret ?? (environment['AZURE_CLIENT_SECRET'] || undefined),
  };
}

type Proof = Readonly<Record<string, string>>;

/** What shows that the hub is the application: its secret, or the token that Kubernetes gave the pod. */
async function proofOf(
  { tenantId, clientId, clientSecret }: Application,
  environment: Environment,
): Promise<Proof | undefined> {
  if (tenantId === undefined || clientId === undefined) return undefined;
  if (clientSecret !== undefined) return { client_secret: clientSecret };
  const file = environment['AZURE_FEDERATED_TOKEN_FILE'];
  if (file === undefined || file === '') return undefined;
  const assertion = await readFile(file, 'utf8').catch(() => {
    const detail = 'the file that AZURE_FEDERATED_TOKEN_FILE names cannot be read';
    throw retryError('network', 'auth', detail);
  });
  return {
    client_assertion: assertion.trim(),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  };
}

/** @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
function fromEntra(
  http: HttpClient,
  { authority, tenantId = '', clientId = '', proof }: Application & { readonly proof: Proof },
  resource: string,
  signal: AbortSignal,
): Promise<Token> {
  const url = new URL(`${tenantId}/oauth2/v2.0/token`, `${authority.replace(/\/+$/, '')}/`).href;
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${resource}/.default`,
    ...proof,
  };
  return fetchToken(http, grantRequest(url, form), signal);
}

/** @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
function fromMachine(
  metadata: HttpClient,
  resource: string,
  clientId: string | undefined,
  environment: Environment,
  signal: AbortSignal,
): Promise<Token> {
  const origin = environment['AZURE_POD_IDENTITY_AUTHORITY_HOST'] || 'http://169.254.169.254';
  const url = new URL('/metadata/identity/oauth2/token', origin);
  url.searchParams.set('api-version', '2018-02-01');
  url.searchParams.set('resource', resource);
  if (clientId !== undefined) url.searchParams.set('client_id', clientId);
  return fetchToken(metadata, { url: url.href, headers: { metadata: 'true' } }, signal);
}
