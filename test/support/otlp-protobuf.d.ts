/** An older version of the encoder, made of the published definitions by protobufjs. */
declare module 'otlp-protobuf/build/src/generated/root' {
  interface Message {
    decode(bytes: Uint8Array): object;
    encode(message: object): { finish(): Uint8Array };
    // biome-ignore lint/suspicious/noExplicitAny: what it decodes has the shape of the definitions
    toObject(message: object, options: object): any;
  }
  const root: {
    readonly opentelemetry: {
      readonly proto: {
        readonly collector: {
          readonly trace: {
            readonly v1: Readonly<Record<'ExportTraceServiceRequest' | 'ExportTraceServiceResponse', Message>>;
          };
          readonly logs: { readonly v1: Readonly<Record<'ExportLogsServiceRequest', Message>> };
          readonly metrics: { readonly v1: Readonly<Record<'ExportMetricsServiceRequest', Message>> };
        };
      };
    };
  };
  export default root;
}
