/**
 * Node's HTTP/1.1. An `import` of `node:http` asks for all it exports, and three of those names
 * (`WebSocket`, `CloseEvent`, `MessageEvent`) load Node's own undici when they are asked for: 4 MB
 * that nobody uses. Types cost nothing, and come from `node:http` itself.
 */
export const { createServer, request, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');
