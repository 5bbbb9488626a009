import { createHttpClient, type HttpClient } from '../output/http.ts';
import type { Context } from './context.ts';
import { CliError, usageError } from './exit.ts';
import { concatenate, readChunks } from './input.ts';
import type { PostOptions } from './post.ts';

/** The hub that commands post to. */
export type Target = Pick<PostOptions, 'http' | 'url' | 'token'>;

/** What says which hub, on the command line. */
export interface TargetOptions {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
}

const URL_DEFAULT = 'http://127.0.0.1:2801';
const TOKEN_BYTES_MAX = 4096;

/**
 * Where to post, with a client that whoever asks for it closes.
 *
 * @throws CliError for an address, a token file or a proxy that is none.
 */
export async function openTarget(context: Context, options: TargetOptions): Promise<Target> {
  const url = parseUrl(options.url ?? URL_DEFAULT);
  const token = await readToken(context, options);
  return { url, token, http: createClient(context, options.caFile) };
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  throw usageError('--url: write the URL of a hub, like http://127.0.0.1:2801');
}

/** From a file, because what stands on a command line can be read by others. */
async function readToken(
  context: Context,
  { token, tokenFile }: TargetOptions,
): Promise<string | undefined> {
  if (tokenFile === undefined) return token;
  if (token !== undefined) throw usageError('give --token or --token-file, not both');
  const bytes = await concatenate(readChunks(context, tokenFile), TOKEN_BYTES_MAX);
  return bytes.toString().replace(/\r?\n$/, '');
}

/** @throws CliError where the environment names a proxy that is none. */
function createClient({ deps }: Context, caFile: string | undefined): HttpClient {
  try {
    return createHttpClient({
      caFiles: caFile === undefined ? [] : [caFile],
      verify: true,
      allowDestinations: [],
      refuseListeners: () => [],
      connections: 1,
      environment: deps.env,
      userAgent: `Tocsin/${deps.version}`,
    });
  } catch (error) {
    throw new CliError((error as Error).message);
  }
}
