// The AI SDK, by way of OpenRouter's provider and of OpenAI's, in both formats.

import { createOpenAI } from "@ai-sdk/openai";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

import { bases, functions, model, question, report, results, scripts, url } from "./common.mjs";

const providers = {
  openrouter: (baseURL) => createOpenRouter({ baseURL, apiKey: "sk-test" }).chat(model),
  openai_chat: (baseURL) => createOpenAI({ baseURL, apiKey: "sk-test" }).chat(model),
  openai_responses: (baseURL) => createOpenAI({ baseURL, apiKey: "sk-test" }).responses(model),
};

const tools = Object.fromEntries(
  functions.map(({ name, description, parameters }) => [
    name,
    tool({ description, inputSchema: jsonSchema(parameters), execute: () => results[name] }),
  ]),
);

const turn = ({ text, toolCalls, finishReason, usage }) => ({
  text,
  calls: toolCalls.map((call) => ({
    id: call.toolCallId,
    name: call.toolName,
    arguments: JSON.stringify(call.input),
  })),
  end: finishReason,
  tokens: [usage.inputTokens, usage.outputTokens],
});

const asking = (provider, name, script, profile) => ({
  model: providers[provider](url(name, script, profile)),
  prompt: question,
  maxRetries: 0,
  // Otherwise OpenAI's provider refers to items that only OpenAI keeps.
  providerOptions: profile === "openai" ? {} : { openai: { store: false } },
});

for (const [provider, speaks] of Object.entries({
  openrouter: ["openrouter", "solrouter"],
  openai_chat: Object.keys(bases),
  openai_responses: Object.keys(bases),
})) {
  for (const profile of speaks) {
    for (const script of [...scripts, "auto"]) {
      const stop = { tools, stopWhen: stepCountIs(5) };
      const plain = `ai/${provider}-plain/${script}/${profile}`;
      await report(plain, async () => {
        const { steps } = await generateText({ ...asking(provider, plain, script, profile), ...stop });
        return steps.map(turn);
      });

      const streamed = `ai/${provider}-stream/${script}/${profile}`;
      await report(streamed, async () => {
        const asked = { ...asking(provider, streamed, script, profile), ...stop };
        const steps = await streamText({ ...asked, onError: () => {} }).steps;
        return steps.map(turn);
      });
    }

    const parsed = `ai/${provider}-output/json/${profile}`;
    await report(parsed, async () => {
      const schema = z.object({ title: z.string(), labels: z.array(z.string()) });
      const asked = asking(provider, parsed, "json", profile);
      return (await generateText({ ...asked, output: Output.object({ schema }) })).output;
    });

    const failing = `ai/${provider}-status/status-429/${profile}`;
    await report(failing, () => generateText(asking(provider, failing, "status-429", profile)));

    const amid = `ai/${provider}-amid/amid/${profile}`;
    await report(amid, async () => {
      const errors = [];
      const onError = ({ error }) => errors.push(error);
      const stream = streamText({ ...asking(provider, amid, "amid", profile), onError });
      let text = "";
      for await (const part of stream.textStream) text += part;
      return { text, errors: errors.length, end: await stream.finishReason };
    });
  }
}
