/** Tell a stand-in which calls go wrong from now on; no rules: none. @param url - the service's address */
export async function setFaults(url: string, rules: readonly object[]): Promise<void> {
  const answer = await fetch(`${url}/_faults`, { method: 'PUT', body: JSON.stringify(rules) });
  if (!answer.ok) throw new Error(`the fault knob refuses: ${await answer.text()}`);
}
