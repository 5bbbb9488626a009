/** What a `Content-Type` calls its body, in lower case and without parameters; empty: nothing. */
export function mediaType(contentType = ''): string {
  const end = contentType.indexOf(';');
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
