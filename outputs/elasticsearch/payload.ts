/** What is written is the same for Elasticsearch and OpenSearch. */
export { bulkLines, indexOf, remediedLines } from '../../src/output/search/payload.ts';
