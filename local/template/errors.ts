/** Where in the template something stands. */
export interface Place {
  readonly type: string;
  readonly logicalId: string;
}

/** The cloud assembly cannot be read, or is not one we can run. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
  readonly code = 'ASSEMBLY';

  constructor(
    readonly directory: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${directory}: ${message}`, options);
  }
}

/** A resource type that is neither started locally nor known to need nothing. */
export class UnsupportedTypeError extends Error {
  override readonly name = 'UnsupportedTypeError';
  readonly code = 'UNSUPPORTED_TYPE';

  constructor(readonly place: Place) {
    super(
      `resource ${place.logicalId} has the type ${place.type}, which has no local stand-in: ` +
        `start it in local/template/readers.ts, or list it with a reason in local/template/inert-types.ts`,
    );
  }
}

/** A property, or a value of one, that the local stand-in would have to ignore silently. */
export class UnsupportedPropertyError extends Error {
  override readonly name = 'UnsupportedPropertyError';
  readonly code = 'UNSUPPORTED_PROPERTY';

  /**
   * @param property - path inside Properties, such as `HttpConfig.Endpoint`
   * @param advice - what can be written instead
   */
  constructor(
    readonly place: Place,
    readonly property: string,
    advice = 'it is not supported locally',
  ) {
    super(`${place.type} ${place.logicalId}: ${property}: ${advice}`);
  }
}

/** A reference or intrinsic function that has no local value. */
export class UnresolvableError extends Error {
  override readonly name = 'UnresolvableError';
  readonly code = 'UNRESOLVABLE';

  /**
   * @param expression - such as `Fn::GetAtt Table.StreamArn`
   * @param where - such as `Resources.Writer.Properties.Environment`
   */
  constructor(
    readonly expression: string,
    readonly where: string,
    reason: string,
  ) {
    super(`${where}: ${expression}: ${reason}`);
  }
}
