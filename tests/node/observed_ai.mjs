// The AI SDK: by way of OpenRouter's provider in Chat Completions, of OpenAI's in Responses.

import { createOpenAI } from "@ai-sdk/openai";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";

import { description, main, model, name, parameters, question, result, rounds } from "./observed.mjs";

await main(async ({ url, dialect, stream }, runs) => {
  const way =
    dialect === "chat"
      ? createOpenRouter({ baseURL: url, apiKey: "any" }).chat(model)
      : createOpenAI({ baseURL: url, apiKey: "any" }).responses(model);
  const execute = (given) => {
    runs.push(given);
    return result;
  };
  const asked = {
    model: way,
    prompt: question,
    tools: { [name]: tool({ description, inputSchema: jsonSchema(parameters), execute }) },
    stopWhen: stepCountIs(rounds),
    // Otherwise OpenAI's provider refers to items that only OpenAI keeps.
    providerOptions: { openai: { store: false } },
  };
  if (!stream) return (await generateText(asked)).text;
  let failed;
  const onError = ({ error }) => {
    failed ??= error;
  };
  const streamed = streamText({ ...asked, onError });
  const text = await Promise.resolve(streamed.text).catch((error) => {
    throw failed ?? error;
  });
  if (failed) throw failed;
  return text;
});
