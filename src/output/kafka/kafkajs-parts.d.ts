/** The parts of kafkajs 2.2.4 that `mend.ts` replaces; its own types leave them out. */

declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests: (this: RequestQueue) => void;
  }
  const RequestQueueClass: { readonly prototype: RequestQueue };
  export default RequestQueueClass;
}

declare module 'kafkajs/src/protocol/requests/metadata/v6/response.js' {
  interface Metadata {
    readonly topicMetadata: readonly {
      readonly partitionMetadata: readonly { partitionErrorCode: number }[];
    }[];
  }
  const response: { parse: (metadata: Metadata) => Promise<Metadata> };
  export default response;
}
