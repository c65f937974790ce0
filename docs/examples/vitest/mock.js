// Let a scenario answer this test, in a namespace of its own, so that tests share nothing.
export function play(scenario) {
  const [root, token] = [process.env.MOCKROUTER_URL, crypto.randomUUID()];
  process.env.OPENAI_BASE_URL = `${root}/~${token}/s/${scenario}/v1`;
  return async () => {
    const journal = await fetch(`${root}/_mockrouter/requests?namespace=${token}`);
    return (await journal.json()).requests;
  };
}
