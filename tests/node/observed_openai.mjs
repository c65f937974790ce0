// The openai SDK for Node: its own tool runner in Chat Completions, its stream helper in Responses.

import OpenAI from "openai";

import { description, main, model, name, parameters, question, result, rounds } from "./observed.mjs";

async function chat(openai, stream, runs) {
  const run = (given) => {
    runs.push(given);
    return result;
  };
  const tools = [
    { type: "function", function: { name, description, parameters, parse: JSON.parse, function: run } },
  ];
  const messages = [{ role: "user", content: question }];
  const options = { maxChatCompletions: rounds };
  const runner = openai.chat.completions.runTools({ model, messages, tools, stream }, options);
  return runner.finalContent();
}

async function responses(openai, stream, runs) {
  const tools = [{ type: "function", strict: false, name, description, parameters }];
  const input = [{ role: "user", content: question }];
  let response;
  for (let round = 0; round < rounds; round += 1) {
    const asked = { model, input, tools };
    response = stream
      ? await openai.responses.stream(asked).finalResponse()
      : await openai.responses.create(asked);
    const calls = response.output.filter((item) => item.type === "function_call");
    if (calls.length === 0) break;
    input.push(...response.output);
    for (const call of calls) {
      if (call.name !== name) throw new Error(`there is no tool '${call.name}'`);
      runs.push(JSON.parse(call.arguments));
      const output = JSON.stringify(result);
      input.push({ type: "function_call_output", call_id: call.call_id, output });
    }
  }
  return response.output_text;
}

await main(({ url, dialect, stream }, runs) => {
  const openai = new OpenAI({ baseURL: url, apiKey: "any" });
  return (dialect === "chat" ? chat : responses)(openai, stream, runs);
});
