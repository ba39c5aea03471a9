/** Tell a stand-in which calls go wrong from now on; no rules: none. @param url - the service's address */
export async function setFaults(url: string, rules: readonly object[]): Promise<void> {
  const answer = await fetch(`${url}/_faults`, { method: 'PUT', body: JSON.stringify(rules) });
  if (!answer.ok) throw new Error(`the fault knob refuses: ${await answer.text()}`);
}

/** The rules that have not struck yet: such a test has not tested what it says. */
export async function faultsThatNeverStruck(url: string): Promise<string[]> {
  const rules = (await (await fetch(`${url}/_faults`)).json()) as { operation: string; effect: string; strikes: number }[];
  return rules.filter(({ strikes }) => strikes === 0).map(({ operation, effect }) => `${operation} ${effect}`);
}
