/** What both servers without stores serve. */
export const SCHEMA = `
  type Query { customer(id: ID!): Customer }
  type Customer { id: ID! country: String! invoices(limit: Int): InvoicePage! }
  type InvoicePage { items: [Invoice!]! }
  type Invoice { id: ID! }
`;

export const COUNTRY = 'United Kingdom';

/** A page of invoices is the first of these. */
export const INVOICES: readonly { readonly id: string }[] = Array.from({ length: 50 }, (_, place) => ({
  id: String(536_365 + place),
}));

/** The one that our server asks for; mercurius asks for none. */
export const API_KEY = 'da2-benchmark';
