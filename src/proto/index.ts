import { fromJSON, type PackageDefinition } from '@grpc/proto-loader';
import descriptors from './services.json' with { type: 'json' };

/** Names as in the `.proto`, 64-bit integers as text, enums by name (an unknown one as its number). */
const READING = { keepCase: true, longs: String, enums: String, defaults: true } as const;

/**
 * The gRPC services and messages of this folder's `.proto` files, for the hub's door and for the
 * output that speaks to another hub's. What google's common types are made of comes with
 * protobufjs, in camel case.
 */
export const services = readDescriptors(descriptors);

/** More messages, from protobufjs' JSON form, read the same way. */
export function readDescriptors(json: object): PackageDefinition {
  return fromJSON(json, READING);
}
