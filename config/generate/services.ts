import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const FILES = ['alert-ingest.proto', 'falco-outputs.proto', 'health.proto', 'retry-info.proto'];

/** The services of src/proto as JSON: the program then needs no parser and no file beside it. */
export function servicesJson(): string {
  const root = new protobuf.Root();
  // Google's common types come with the library, under these names.
  root.resolvePath = (_, target) => (target.startsWith('google/') ? target : pathOf(target));
  root.loadSync(FILES, { keepCase: true });
  return `${JSON.stringify(root.toJSON(), null, 2)}\n`;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../src/proto/${file}`, import.meta.url));
}
