import { createAwsSigner } from './aws-credentials.ts';
import { awsHost, type AwsSettings, awsSettings, checkAwsSettings } from './aws-settings.ts';
import { checkHttpUrl, type Mistake } from './check.ts';
import { HttpError } from './http-error.ts';
import { below } from './http-url.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts';
import type { Environment } from './proxy.ts';
import { flag, optionalText } from './settings.ts';

/** What outputs to services of AWS have in common; `aws-answer.ts` says what the answers mean. */

export const awsServiceSettings = {
  ...awsSettings,
  preferEnvironment: flag(
    'Whether what the pod or the machine is given goes before accessKeyId, which then counts only where that is nothing.',
    false,
  ),
  endpoint: optionalText(
    'Where the service is, for a VPC endpoint or what speaks like AWS. Default: that of the region.',
  ),
};

export interface AwsServiceSettings extends AwsSettings {
  readonly preferEnvironment?: boolean;
  readonly endpoint?: string | undefined;
}

export function awsMistakes(settings: AwsServiceSettings): Mistake[] {
  const { endpoint } = settings;
  return [...checkAwsSettings(settings), ...checkHttpUrl('endpoint', endpoint)];
}

/** Signed requests to one service. All of them reject with what `resultOfError` understands. */
export interface AwsService {
  /** The region of the settings or of the environment. */
  region(): string;
  /** A path below the service's address. Throws where no region is known. */
  url(path: string): string;
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** One call of the protocol AWS JSON: `Kinesis_20131202.PutRecords`. Version: 1.1, unless given. */
  call(
    target: string,
    input: string,
    signal: AbortSignal,
    version?: '1.0' | '1.1',
  ): Promise<HttpAnswer>;
}

/** @param service As AWS names it in signatures and in its hosts: `sqs`, `logs`. */
export function openAws(
  settings: AwsServiceSettings,
  service: string,
  http: HttpClient,
  environment: Environment = process.env,
): AwsService {
  const first = settings.preferEnvironment === true ? withoutKeys(settings) : settings;
  let signer = createAwsSigner({ settings: first, service, http, environment });

  async function request(one: HttpRequest): Promise<HttpAnswer> {
    try {
      return await signer.request(one);
    } catch (error) {
      if (!lacksCredentials(error, one.signal) || first.accessKeyId === settings.accessKeyId) {
        throw error;
      }
      // Nobody gives any here: it stays with the keys, so that not every request asks around first.
      signer = createAwsSigner({ settings, service, http, environment });
      return signer.request(one);
    }
  }

  const url = (path: string): string =>
    below(settings.endpoint ?? `https://${awsHost(service, signer.region())}`, path);

  return {
    region: () => signer.region(),
    url,
    request,
    call: (target, input, signal, version = '1.1') =>
      request({
        method: 'POST',
        url: url('/'),
        headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target },
        body: input,
        signal,
      }),
  };
}

function withoutKeys(settings: AwsServiceSettings): AwsServiceSettings {
  return {
    ...settings,
    accessKeyId: undefined,
    secretAccessKey: undefined,
    sessionToken: undefined,
  };
}

function lacksCredentials(error: unknown, signal: AbortSignal): boolean {
  return error instanceof HttpError && error.failure.reason === 'auth' && !signal.aborted;
}

/** The region that stands in an ARN or in the host of a service. */
export function regionIn(text: string): string | undefined {
  return /[.:]([a-z]{2}(?:-[a-z]+)+-\d{1,2})[.:]/.exec(text.replace('://', '://.'))?.[1];
}
