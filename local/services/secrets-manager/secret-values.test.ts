import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DataDirectory } from '../../data-directory.ts';
import { newPassword } from './password.ts';
import { LoginSecretError, SecretValues } from './secret-values.ts';
import { startSecretsManager } from './service.ts';
import type { GeneratedSecret, SecretDefinition } from './definition.ts';
import { newDirectory } from '../../testing/directories.ts';

const rules: GeneratedSecret = {
  kind: 'generated',
  length: 32,
  excludeCharacters: '',
  excludeLowercase: false,
  excludeUppercase: false,
  excludeNumbers: false,
  excludePunctuation: false,
  includeSpace: false,
  requireEachIncludedType: true,
};
const arnOf = (name: string, six = 'a1b2c3'): string => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-${six}`;
const secret = (name: string, value: SecretDefinition['value']): SecretDefinition => ({ name, arn: arnOf(name), value });
const login = (username: string): SecretDefinition =>
  secret('shop/loader', { ...rules, within: { template: { username }, key: 'password' } });

async function newData(path = join(newDirectory('secrets'), 'data')): Promise<DataDirectory> {
  const directory = await DataDirectory.open(path);
  onTestFinished(() => {
    directory.close();
  });
  return directory;
}

describe('a password', () => {
  test('has the length and the kinds of characters that are asked for, and none that is excluded', () => {
    const asked = fc.record({
      length: fc.integer({ min: 5, max: 64 }),
      excludeCharacters: fc.string({ maxLength: 10 }),
      excludeLowercase: fc.boolean(),
      excludeUppercase: fc.boolean(),
      excludeNumbers: fc.boolean(),
      includeSpace: fc.boolean(),
    });

    fc.assert(
      fc.property(asked, (some) => {
        const password = newPassword({ ...rules, ...some });

        expect(password).toHaveLength(some.length);
        for (const character of some.excludeCharacters) expect(password).not.toContain(character);
        expect(/[a-z]/.test(password)).toBe(!some.excludeLowercase);
        expect(/[A-Z]/.test(password)).toBe(!some.excludeUppercase);
        expect(/\d/.test(password)).toBe(!some.excludeNumbers);
        expect(password.includes(' ')).toBe(some.includeSpace && !some.excludeCharacters.includes(' '));
      }),
    );
  });

  test('that cannot be made is refused', () => {
    const nothing = { ...rules, excludeLowercase: true, excludeUppercase: true, excludeNumbers: true, excludePunctuation: true };

    expect(() => newPassword(nothing)).toThrow('every character is excluded');
    expect(() => newPassword({ ...rules, length: 3 })).toThrow('a password of 3 cannot have 4 kinds of characters');
  });
});

describe('the value of a secret', () => {
  test('is made up once, and only the owner can read it', async () => {
    const path = join(newDirectory('secrets'), 'data');
    const directory = await newData(path);
    const first = new SecretValues(directory);
    first.declare([login('loader')]);
    const made = first.login('shop/loader');

    const second = new SecretValues(directory);
    second.declare([login('loader')]);

    expect(made).toEqual({ username: 'loader', password: expect.stringMatching(/^.{32}$/) });
    expect(second.login('shop/loader')).toEqual(made);
    expect(statSync(join(path, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  test('is another one when it is declared otherwise', async () => {
    const values = new SecretValues(await newData());
    values.declare([login('loader')]);
    const before = values.find('shop/loader')?.current;

    values.declare([login('reader')]);

    expect(values.login('shop/loader').username).toBe('reader');
    expect(values.find('shop/loader')?.current.versionId).not.toBe(before?.versionId);
  });

  test('that is no login is refused as one, by name', async () => {
    const values = new SecretValues(await newData());
    values.declare([secret('shop/key', { kind: 'text', text: 'open' })]);

    expect(() => values.login('shop/key')).toThrow(LoginSecretError);
    expect(() => values.login('shop/other')).toThrow('secret shop/other: the stack has no such secret: it has shop/key');
  });
});

describe('Secrets Manager', () => {
  const credentials = { accessKeyId: 'AKIALOCALTESTTESTTES', secretAccessKey: 'secret' };

  async function givenSecrets(...definitions: readonly SecretDefinition[]): Promise<SecretsManagerClient> {
    const values = new SecretValues(await newData());
    values.declare(definitions);
    const server = await startSecretsManager(values, { port: 0, credentials, region: 'us-east-1', log: () => undefined });
    const client = new SecretsManagerClient({ endpoint: server.url, credentials, region: 'us-east-1', maxAttempts: 1 });
    onTestFinished(async () => {
      client.destroy();
      await server.close();
    });
    return client;
  }
  const key = secret('shop/key', { kind: 'text', text: 'open' });

  test.each([
    ['its name', 'shop/key'],
    ['its ARN', key.arn],
    ['its ARN without the six characters', arnOf('shop/key').slice(0, -7)],
  ])('gives the value of a secret by %s', async (_what, id) => {
    const client = await givenSecrets(key);

    const { Name, ARN, SecretString, VersionStages, CreatedDate } = await client.send(
      new GetSecretValueCommand({ SecretId: id }),
    );

    expect({ Name, ARN, SecretString, VersionStages }).toEqual({
      Name: 'shop/key',
      ARN: key.arn,
      SecretString: 'open',
      VersionStages: ['AWSCURRENT'],
    });
    expect(Math.abs(Date.now() - (CreatedDate?.getTime() ?? 0))).toBeLessThan(60_000);
  });

  test('describes a secret without its value', async () => {
    const client = await givenSecrets({ ...key, description: 'opens the shop' });

    const { $metadata: _metadata, ...described } = await client.send(new DescribeSecretCommand({ SecretId: 'shop/key' }));

    expect(described).toMatchObject({ Name: 'shop/key', ARN: key.arn, Description: 'opens the shop' });
    expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
    expect(JSON.stringify(described)).not.toContain('SecretString');
  });

  test('lists all secrets, page by page, in the order of their names', async () => {
    const client = await givenSecrets(...['c', 'a', 'b'].map((name) => secret(name, { kind: 'text', text: name })));

    const first = await client.send(new ListSecretsCommand({ MaxResults: 2 }));
    const second = await client.send(new ListSecretsCommand({ MaxResults: 2, NextToken: first.NextToken }));

    expect([first, second].map(({ SecretList }) => SecretList?.map(({ Name }) => Name))).toEqual([['a', 'b'], ['c']]);
    expect(second.NextToken).toBeUndefined();
  });

  test.each([
    ['a secret that is not there', { SecretId: 'other' }, 'ResourceNotFoundException', "can't find the specified secret."],
    ['a version before', { SecretId: 'shop/key', VersionStage: 'AWSPREVIOUS' }, 'ResourceNotFoundException', 'AWSPREVIOUS'],
    ['no name', { SecretId: '' }, 'InvalidParameterException', 'write a name or an ARN'],
  ])('refuses %s as AWS does', async (_what, input, name, words) => {
    const client = await givenSecrets(key);

    const attempt = client.send(new GetSecretValueCommand(input));

    await expect(attempt).rejects.toMatchObject({ name, message: expect.stringContaining(words) });
  });
});
