/** What CloudFormation asks of a custom resource. */
export interface CustomResourceRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Takes one PUT. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** What the resource was called before; absent at Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
}

/** What CloudFormation is answered. */
export interface CustomResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data: Readonly<Record<string, string>>;
}

/** Most bytes of a whole answer. @source CloudFormation user guide, "Custom resource response objects" */
const MOST_BYTES = 4096;

/** The answer to a request, cut so that CloudFormation takes it. @param id - what the resource is called from now on */
export function customResourceResponse(
  request: CustomResourceRequest,
  id: string,
  outcome: { readonly status: 'SUCCESS' | 'FAILED'; readonly reason: string; readonly data?: Readonly<Record<string, string>> },
): CustomResourceResponse {
  const answer = (reason: string): CustomResourceResponse => ({
    Status: outcome.status,
    Reason: reason,
    PhysicalResourceId: id,
    StackId: request.StackId,
    RequestId: request.RequestId,
    LogicalResourceId: request.LogicalResourceId,
    Data: outcome.data ?? {},
  });
  const size = (reason: string) => Buffer.byteLength(JSON.stringify(answer(reason)));
  let reason = outcome.reason;
  while (size(reason) > MOST_BYTES && reason !== '') {
    // A character may take up to six bytes in JSON.
    const tooMuch = Math.ceil((size(reason) - MOST_BYTES) / 6);
    reason = reason.slice(0, -tooMuch);
  }
  return answer(reason);
}
