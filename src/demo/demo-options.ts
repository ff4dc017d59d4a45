/** What the command line asked of the demo. */
export interface DemoOptions {
  readonly stay: boolean;
  readonly json: boolean;
  /** The reader's own Splunk in place of the fake one. */
  readonly splunk?: RealSplunk;
}

export interface RealSplunk {
  readonly url: URL;
  readonly token: string;
  readonly index?: string;
  /** Authority of its certificate, PEM. */
  readonly caPem?: string;
}
