/** One alert a line, in the schema that the settings name, as in every output that writes documents. */
export { documentLines as appendedLines } from '../../src/output/alert-document.ts';
