import { expect, test } from "vitest";

import { ask, tell } from "../agents/openai.js";
import { play } from "../mock.js";

const question = "How warm is it in Tokyo?";

test("answers from the tool's result", async () => {
  const requests = play("weather");

  expect(await ask(question)).toBe("It is 18 degrees.");

  const [, { request }] = await requests();
  expect(request.body.messages.at(-1).content).toBe('{"city":"Tokyo","degrees":18}');
});

test("streams the answer, fragment by fragment", async () => {
  play("weather");
  const heard = [];

  await tell(question, (text) => heard.push(text));

  expect(heard).toEqual(["It", " is", " 18", " degrees."]);
});

test("waits as long as a rate limit says", async () => {
  const requests = play("rate-limited");

  expect(await ask(question)).toBe("It is 18 degrees.");

  const asked = await requests();
  expect(asked.map(({ response }) => response.status)).toEqual([429, 200, 200]);
  expect(asked[1].waited).toBeGreaterThan(0.99);
});

test("runTools fails at arguments that are no JSON, and does not tell the model", async () => {
  const requests = play("bad-arguments");

  await expect(ask(question)).rejects.toThrow("invalid structured output JSON");

  expect(await requests()).toHaveLength(1);
});

test("runTools gives up after ten rounds, without an error and without an answer", async () => {
  const requests = play("loops/endless"); // comes with mockrouter, as all of `mockrouter list`

  expect(await ask(question)).toBeNull();

  expect(await requests()).toHaveLength(10);
});
