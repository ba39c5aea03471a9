import { describe, expect, test } from 'vitest';
import { UnsupportedPropertyError } from '../../template/errors.ts';
import type { Resources } from '../../testing/assemblies.ts';
import { assemblyOf, read } from '../../testing/assemblies.ts';
import { delivery, lambdaFunction } from '../../testing/warehouse-resources.ts';

const code = { loader: { 'index.mjs': 'export const handler = () => 1;' } };
const loader = lambdaFunction('Loader', 'loader');
const loaderArn = { 'Fn::GetAtt': ['Loader', 'Arn'] };
const definitionOf = (resources: Resources) => read(assemblyOf(resources, {}, code)).definition;

describe('a delivery stream', () => {
  test.each([
    [{}, { retries: 3, bufferMegabytes: 1, bufferSeconds: 60 }],
    [
      { RoleArn: 'r', NumberOfRetries: '300', BufferSizeInMBs: '0.2', BufferIntervalInSeconds: '0' },
      { retries: 300, bufferMegabytes: 0.2, bufferSeconds: 0 },
    ],
  ])('that has its records transformed with %j is read as %j', (parameters, expected) => {
    const Parameters = Object.entries({ LambdaArn: loaderArn, ...parameters }).map(([ParameterName, ParameterValue]) => ({
      ParameterName,
      ParameterValue,
    }));
    const ProcessingConfiguration = { Enabled: true, Processors: [{ Type: 'Lambda', Parameters }] };

    const { deliveryStreams, functions } = definitionOf({ ...loader, ...delivery({ ProcessingConfiguration }) });

    expect(deliveryStreams[0]?.processing).toEqual({
      functionName: functions[0]?.name,
      functionArn: functions[0]?.arn,
      ...expected,
    });
  });

  test('whose processors are switched off delivers records as they come', () => {
    const { deliveryStreams } = definitionOf(
      delivery({ ProcessingConfiguration: { Enabled: false, Processors: [{ Type: 'Lambda' }] } }),
    );

    expect(deliveryStreams[0]).not.toHaveProperty('processing');
  });
});

describe('what cannot run locally is refused by name:', () => {
  const processed = (parameters: Record<string, string | object>): Resources => ({
    ...loader,
    ...delivery({
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'Lambda',
            Parameters: Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue })),
          },
        ],
      },
    }),
  });

  test.each<[string, string, Resources]>([
    [
      'a delivery with processors of which there is none',
      'ProcessingConfiguration.Processors: one processor runs locally: write one of type Lambda',
      delivery({ ProcessingConfiguration: { Enabled: true, Processors: [] } }),
    ],
    [
      'a delivery that takes records apart',
      'Processors[0].Type: RecordDeAggregation is not supported locally: write Lambda',
      delivery({ ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'RecordDeAggregation' }] } }),
    ],
    [
      'a function of another stack that transforms',
      'Parameters[0].ParameterValue: the stack has no function other',
      processed({ LambdaArn: 'arn:aws:lambda:us-east-1:000000000000:function:other' }),
    ],
    ['a transformation by nobody', 'Processors[0].Parameters: LambdaArn is required', processed({ NumberOfRetries: '1' })],
    [
      'a transformation without end',
      'Parameters: NumberOfRetries 301 is outside 0 to 300',
      processed({ LambdaArn: loaderArn, NumberOfRetries: '301' }),
    ],
    [
      'a buffer of the transformation that is too large',
      'Parameters: BufferSizeInMBs 4 is outside 0.2 to 3',
      processed({ LambdaArn: loaderArn, BufferSizeInMBs: '4' }),
    ],
    [
      'a parameter of another processor',
      'Parameters[1].ParameterName: Delimiter is not supported locally',
      processed({ LambdaArn: loaderArn, Delimiter: 'n' }),
    ],
  ])('%s', (_what, message, resources) => {
    const attempt = (): unknown => definitionOf(resources);

    expect(attempt).toThrow(message);
    expect(attempt).toThrow(UnsupportedPropertyError);
  });
});
