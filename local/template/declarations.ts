import type { Template } from './assembly.ts';
import { UnsupportedTypeError } from './errors.ts';
import type { Identifiers } from './identifiers.ts';
import { inertTypes } from './inert-types.ts';
import { Properties } from './properties.ts';
import { isCustom } from '../services/cloudformation/template.ts';

/** Types that run locally, besides custom resources. `inert-types.ts` has those that need nothing. */
const startedTypes = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::AppSync::ApiKey',
  'AWS::AppSync::DataSource',
  'AWS::AppSync::FunctionConfiguration',
  'AWS::AppSync::GraphQLApi',
  'AWS::AppSync::GraphQLSchema',
  'AWS::AppSync::Resolver',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::Glue::Classifier',
  'AWS::Glue::Connection',
  'AWS::Glue::Crawler',
  'AWS::Glue::DataQualityRuleset',
  'AWS::Glue::Database',
  'AWS::Glue::Job',
  'AWS::Glue::Table',
  'AWS::Kinesis::Stream',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::MetricFilter',
  'AWS::RedshiftServerless::Namespace',
  'AWS::RedshiftServerless::Workgroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
] as const;

type StartedType = (typeof startedTypes)[number];

/** A resource to be started. */
export interface Declared {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Properties;
  /** What `Ref` gives. */
  ref(this: void): string;
  /** What `Fn::GetAtt` gives. */
  attribute(this: void, name: string): string;
}

/** The resources of a template that exist and run here. */
export class Declarations {
  private readonly all: readonly Declared[];

  /** @throws UnsupportedTypeError for a resource that neither runs nor is known to need nothing */
  constructor(template: Template, identifiers: Identifiers) {
    this.all = Object.entries(template.Resources).flatMap(([logicalId, { Type: type, Properties: values = {} }]): Declared[] => {
      if (Object.hasOwn(inertTypes, type) || !identifiers.exists(logicalId)) return [];
      if (!startedTypes.some((started) => started === type) && !isCustom(type))
        throw new UnsupportedTypeError({ type, logicalId });
      const where = `Resources.${logicalId}`;
      const evaluate = (value: unknown, path: string): unknown =>
        identifiers.intrinsics.evaluate(value, `${where}.Properties.${path}`);
      return [
        {
          logicalId,
          type,
          properties: new Properties({ type, logicalId }, values, evaluate),
          ref: () => identifiers.ref(logicalId, where),
          attribute: (name) => identifiers.attribute(logicalId, name, where),
        },
      ];
    });
  }

  each<T>(type: StartedType, read: (resource: Declared) => T): T[] {
    return this.all.filter((resource) => resource.type === type).map(read);
  }

  /** @throws UnsupportedPropertyError when there is a second one */
  one<T>(type: StartedType, read: (resource: Declared) => T): T | undefined {
    const [first, second] = this.all.filter((resource) => resource.type === type);
    second?.properties.refuse('Name', `one ${type} can run locally, and ${first?.logicalId ?? ''} is it already`);
    return first && read(first);
  }

  custom<T>(read: (resource: Declared) => T): T[] {
    return this.all.filter(({ type }) => isCustom(type)).map(read);
  }

  /** All resources of a service, such as `AWS::AppSync::`, but those of one type. */
  partsOf(service: string, whole: StartedType): readonly Declared[] {
    return this.all.filter(({ type }) => type.startsWith(service) && type !== whole);
  }

  /** @throws UnsupportedPropertyError for the first property that was neither read nor ignored */
  finish(): void {
    for (const { properties } of this.all) properties.finish();
  }
}
