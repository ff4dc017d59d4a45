export interface DemoOptions {
  readonly stay: boolean;
  readonly json: boolean;
  readonly splunkUrl: string | undefined;
  readonly splunkToken: string | undefined;
  readonly splunkTokenFile: string | undefined;
  readonly splunkIndex: string | undefined;
}
