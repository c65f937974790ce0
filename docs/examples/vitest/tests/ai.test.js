import { expect, test, vi } from "vitest";

import { ask, tell } from "../agents/ai.js";
import { play } from "../mock.js";

const question = "How warm is it in Tokyo?";

test("answers from the tool's result, on the Responses API", async () => {
  const requests = play("weather");

  expect(await ask(question)).toBe("It is 18 degrees.");

  const [, { dialect, request }] = await requests();
  expect(dialect).toBe("responses");
  expect(request.body.input.at(-1).output).toBe('{"city":"Tokyo","degrees":18}');
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

test("tells the model that its arguments are no JSON", async () => {
  const requests = play("bad-arguments");

  expect(await ask(question)).toBe("Let me do without it.");

  const [, { request }] = await requests();
  expect(request.body.input.at(-1).output).toContain("JSON parsing failed");
});

test("an error in mid-stream looks like the end of the text", async () => {
  play("errors/mid-stream"); // comes with mockrouter, as all of `mockrouter list`
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const heard = [];

  await tell(question, (text) => heard.push(text));

  expect(heard).toEqual(["Let", " me", " look"]);
  // Whoever gives streamText no onError finds the error on the console, and nowhere else.
  expect(logged).toHaveBeenCalledOnce();
});
