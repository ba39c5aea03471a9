import Fastify from 'fastify';
import mercurius from 'mercurius';
import { report } from './child.ts';
import { COUNTRY, INVOICES, SCHEMA } from './stubbed-schema.ts';

// mercurius with graphql-jit, compiled at the first request, on answers that are there already.

const app = Fastify();
await app.register(mercurius, {
  schema: SCHEMA,
  jit: 1,
  resolvers: {
    Query: { customer: (_source: unknown, { id }: { id: string }) => ({ id, country: COUNTRY }) },
    Customer: {
      invoices: (_source: unknown, { limit }: { limit?: number }) => ({ items: INVOICES.slice(0, limit ?? INVOICES.length) }),
    },
  },
});
report({ url: `${await app.listen({ port: 0, host: '127.0.0.1' })}/graphql` });
