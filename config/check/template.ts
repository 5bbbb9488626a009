import { compileTemplate } from '../../src/template/index.ts';

/** What keeps a text from being a Go template; undefined when it is one. */
export function templateMistake(text: string): string | undefined {
  try {
    compileTemplate(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether a text is a Go template. */
export function isTemplate(text: string): boolean {
  return templateMistake(text) === undefined;
}
