/**
 * The part of undici that the HTTP client is made of; loaded with the first request. The whole of it
 * takes 10 MB and three times as long to load, for a `fetch`, a cache and mocks that nobody here uses.
 */
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
