/** The module of `batchMatMul.as`, as base64. The same source gives the same bytes. */
export declare const compile: () => Promise<string>
