// OpenRouter's own SDK for Node. Its requests and results are in camelCase.

import { OpenRouter } from "@openrouter/sdk";

import {
  accumulator,
  bases,
  chatResult,
  chatTools,
  collect,
  fromCompletion,
  fromResponse,
  model,
  question,
  report,
  responsesResult,
  responsesTools,
  scripts,
  talk,
  url,
} from "./common.mjs";

// It would retry a 5xx for an hour.
const client = (name, script, profile) =>
  new OpenRouter({
    serverURL: url(name, script, profile),
    apiKey: "sk-test",
    retryConfig: { strategy: "none" },
  });
const hello = [{ role: "user", content: question }];

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const renamed = (value) => {
  if (Array.isArray(value)) return value.map(renamed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [snake(key), renamed(each)]));
};

const camelResult = (call) => {
  const { tool_call_id: toolCallId, ...rest } = chatResult(call);
  return { toolCallId, ...rest };
};
const camelResponsesResult = (call) => {
  const { call_id: callId, ...rest } = responsesResult(call);
  return { callId, ...rest };
};

const ways = {
  chat_plain: async (sdk, messages) => {
    const result = await sdk.chat.send({ chatRequest: { model, messages, tools: chatTools } });
    return { ...fromCompletion(renamed(result)), kept: [result.choices[0].message] };
  },
  chat_stream: async (sdk, messages) => {
    const asked = { model, messages, tools: chatTools, stream: true };
    const heard = accumulator();
    for await (const chunk of await sdk.chat.send({ chatRequest: asked })) heard.add(renamed(chunk));
    const { kept, ...rest } = heard.heard();
    const [{ tool_calls: toolCalls, ...message }] = kept;
    return { ...rest, kept: [{ ...message, toolCalls }] };
  },
  responses_plain: async (sdk, input) => {
    const asked = { model, input, tools: responsesTools };
    const result = await sdk.responses.send({ responsesRequest: asked });
    return { ...fromResponse(renamed(result)), kept: result.output };
  },
  responses_stream: async (sdk, input) => {
    const asked = { model, input, tools: responsesTools, stream: true };
    const events = await collect(await sdk.responses.send({ responsesRequest: asked }));
    const { response } = events.at(-1);
    return { ...fromResponse(renamed(response)), kept: response.output };
  },
};

for (const profile of Object.keys(bases)) {
  for (const [way, ask] of Object.entries(ways)) {
    const result = way.startsWith("chat") ? camelResult : camelResponsesResult;
    for (const script of [...scripts, "auto"]) {
      const name = `openrouter/${way}/${script}/${profile}`;
      const sdk = client(name, script, profile);
      await report(name, () => talk((history) => ask(sdk, history), result));
    }
  }
}

// Errors whose code is a string are none to this SDK, so OpenAI's are left out.
for (const profile of ["openrouter", "solrouter"]) {
  let name = `openrouter/amid/amid/${profile}`;
  await report(name, async () => {
    const sdk = client(name, "amid", profile);
    const chatRequest = { model, messages: hello, stream: true };
    const chunks = await collect(await sdk.chat.send({ chatRequest }));
    const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
    return { text, errors: chunks.map((chunk) => chunk.error).filter(Boolean) };
  });

  for (const status of [400, 401, 402, 403, 404, 408, 422, 429, 500, 502, 503]) {
    name = `openrouter/status/status-${status}/${profile}`;
    const sdk = client(name, `status-${status}`, profile);
    await report(name, () => sdk.chat.send({ chatRequest: { model, messages: hello } }));
  }
}

const name = "openrouter/models/auto/openrouter";
await report(name, async () => {
  const listed = await client(name, "auto", "openrouter").models.list();
  return (listed.result ?? listed).data.map((each) => each.id);
});
