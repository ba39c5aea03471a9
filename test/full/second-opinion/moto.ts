/** moto's server as it is on PyPI, by its exact version. */
export const MOTO = 'moto[server]==5.2.5';

/** How moto is started. */
export const motoOf = (python: string) => ({
  python,
  parameters: (port: number) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
  environment: () => ({}),
  readyPath: '/moto-api/',
});
