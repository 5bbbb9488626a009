import type { Context } from '../context.ts';
import { EXIT, usageError } from '../exit.ts';
import { findHub } from '../hub.ts';
import { parseLength } from '../time.ts';

const TIMEOUT_DEFAULT = '5m';

/** Waits until nothing is left to deliver, or has another hub take over what waits. */
export async function drain(
  context: Context,
  _args: readonly string[],
  { to, timeout = TIMEOUT_DEFAULT }: { readonly to?: string; readonly timeout?: string },
): Promise<number> {
  const { screen } = context;
  const timeoutMs = parseLength(timeout, '--timeout');
  if (to !== undefined && !isHttpUrl(to)) {
    throw usageError('--to: write the URL of a hub, like http://other-hub:2801');
  }
  const { control } = await findHub(context);
  const result = await control.drain({ timeoutMs, ...(to === undefined ? {} : { to }) });
  const exitCode = result.drained ? EXIT.ok : EXIT.failed;
  if (context.json) {
    screen.json(result);
    return exitCode;
  }
  if (to !== undefined) screen.line(`${result.forwarded} alerts handed to the other hub`);
  if (result.drained) screen.line({ text: 'nothing is left to deliver', style: 'green' });
  else screen.note(`After ${timeout} alerts still wait in this hub:`);
  for (const [output, count] of Object.entries(result.waiting)) {
    screen.line(`  ${output}: ${count}`);
  }
  return exitCode;
}

function isHttpUrl(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}
