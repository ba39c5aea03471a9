import { describe, expect, test } from 'vitest';
import type { Template } from './assembly.ts';
import { Intrinsics } from './intrinsics.ts';

const template: Template = {
  Parameters: {
    Stage: { Type: 'String', Default: 'dev' },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk' },
    Asked: { Type: 'String' },
  },
  Mappings: { Runtimes: { 'us-east-1': { node: 'nodejs24.x' } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Odd: { 'Fn::Contains': [['a'], 'a'] },
  },
  Resources: {},
};
const intrinsics = new Intrinsics(
  template,
  { 'AWS::Region': 'us-east-1', 'AWS::AccountId': '000000000000' },
  { ref: (logicalId) => `name-of-${logicalId}`, attribute: (logicalId, attribute) => `${logicalId}/${attribute}` },
);
const evaluate = (value: unknown): unknown => intrinsics.evaluate(value, 'Resources.Table.Properties.Name');

describe('an intrinsic function', () => {
  test.each([
    ['plain', 'plain'],
    [{ Ref: 'Stage' }, 'dev'],
    [{ Ref: 'Zones' }, ['a', 'b']],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'Table' }, 'name-of-Table'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table/Arn'],
    [{ 'Fn::GetAtt': 'Nested.Outputs.Arn' }, 'Nested/Outputs.Arn'],
    [{ 'Fn::Sub': '${AWS::AccountId}-${Table}-${Table.Arn}-${!Kept}' }, '000000000000-name-of-Table-Table/Arn-${Kept}'],
    [{ 'Fn::Sub': ['${One}/${Stage}', { One: { Ref: 'Table' } }] }, 'name-of-Table/dev'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
    [{ 'Fn::Join': ['', { 'Fn::Split': ['.', 'a.b.c'] }] }, 'abc'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['.', 'a.b.c'] }] }, 'b'],
    [{ 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
    [{ 'Fn::FindInMap': ['Runtimes', { Ref: 'AWS::Region' }, 'node'] }, 'nodejs24.x'],
    [{ 'Fn::Base64': 'a' }, 'YQ=='],
    [{ 'Fn::If': ['IsDev', 'yes', { Ref: 'Unknown parameter' }] }, 'yes'],
    [{ 'Fn::If': ['Both', 1, 2] }, 2],
    [{ 'Fn::If': ['Either', 1, 2] }, 1],
    [{ kept: 1, gone: { 'Fn::If': ['IsProd', 1, { Ref: 'AWS::NoValue' }] } }, { kept: 1 }],
    [
      [1, { Ref: 'AWS::NoValue' }, 3],
      [1, 3],
    ],
    [{ Ref: 'AWS::NoValue' }, undefined],
  ])('%j has its value', (expression, value) => {
    const result = evaluate(expression);

    expect(result).toEqual(value);
  });

  test.each([
    [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue: this intrinsic function is not supported locally'],
    [{ 'Fn::Transform': {} }, 'Fn::Transform'],
    [{ 'Fn::If': ['Odd', 1, 2] }, 'Conditions.Odd: Fn::Contains'],
    [{ 'Fn::If': ['Missing', 1, 2] }, 'Condition Missing'],
    [{ Ref: 'Version' }, 'Ref Version: the value of an SSM parameter exists only at AWS'],
    [{ Ref: 'Asked' }, 'Ref Asked: the parameter has no default'],
    [{ 'Fn::FindInMap': ['Runtimes', 'eu-west-1', 'node'] }, 'Fn::FindInMap Runtimes.eu-west-1.node'],
    [{ 'Fn::Select': [7, ['a']] }, 'there is no element 7'],
    [{ 'Fn::Join': ['-', [{ a: 1 }]] }, 'expected a text, got {"a":1}'],
  ])('%j has none, and the message names it', (expression, message) => {
    const attempt = (): unknown => evaluate(expression);

    expect(attempt).toThrow(message);
  });
});
