/** The part of undici that the HTTP client is made of; loaded with the first request. */
export { Agent } from 'undici';
