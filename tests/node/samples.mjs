// The programs that the providers' guides print for JavaScript, as a user writes them after reading.

import OpenAI from "openai";

import { bases, report, url } from "./common.mjs";

const model = "openai/gpt-4o-mini";
const tool = (name, description, property) => ({
  type: "function",
  function: {
    name,
    description,
    parameters: {
      type: "object",
      properties: { [property]: { type: "string" } },
      required: [property],
    },
  },
});
const calculate = tool("calculate", "Evaluate a mathematical expression.", "expression");
const stock = tool("lookup_stock_price", "Look up the price of a stock.", "ticker");
const weather = tool("get_weather", "Get the weather in a city.", "city");

// A calculator with the openai SDK: one round of tools, then the answer.
async function calculator(baseURL) {
  const openai = new OpenAI({ baseURL, apiKey: "sk-test" });
  const messages = [{ role: "user", content: "What is 42 * 17 + 3?" }];
  const first = await openai.chat.completions.create({ model, messages, tools: [calculate] });
  const { message } = first.choices[0];
  messages.push(message);
  const given = [];
  for (const call of message.tool_calls) {
    given.push(JSON.parse(call.function.arguments));
    messages.push({ role: "tool", tool_call_id: call.id, content: JSON.stringify({ result: 717 }) });
  }
  const second = await openai.chat.completions.create({ model, messages, tools: [calculate] });
  return { given, answer: second.choices[0].message.content };
}

// A stock price with nothing but fetch.
async function price(base) {
  const messages = [{ role: "user", content: "What is the price of AAPL?" }];
  const ask = async () => {
    const response = await fetch(`${base}/chat/completions`, {
      method: "POST",
      headers: { Authorization: "Bearer test", "Content-Type": "application/json" },
      body: JSON.stringify({ model, messages, tools: [stock], tool_choice: "auto" }),
    });
    return (await response.json()).choices[0];
  };
  const first = await ask();
  const [call] = first.message.tool_calls;
  const content = JSON.stringify({ price: 189.5, currency: "USD" });
  messages.push(first.message, { role: "tool", tool_call_id: call.id, content });
  const last = await ask();
  return { given: JSON.parse(call.function.arguments), answer: last.message.content };
}

// A streamed loop that gathers fragments by their index, 0 where there is none.
async function streamed(base) {
  const messages = [{ role: "user", content: "What's the weather in Berlin?" }];
  const ask = async () => {
    const response = await fetch(`${base}/chat/completions`, {
      method: "POST",
      headers: { Authorization: "Bearer test", "Content-Type": "application/json" },
      body: JSON.stringify({ model, messages, tools: [weather], stream: true }),
    });
    const calls = [];
    let [text, rest] = ["", ""];
    const decoder = new TextDecoder();
    for await (const bytes of response.body) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const data = line.startsWith("data:") ? line.slice(5).trim() : "";
        if (!data || data === "[DONE]") continue;
        const delta = JSON.parse(data).choices[0]?.delta;
        text += delta?.content ?? "";
        for (const fragment of delta?.tool_calls ?? []) {
          const call = (calls[fragment.index ?? 0] ??= { id: "", name: "", arguments: "" });
          call.id = fragment.id ?? call.id;
          call.name = fragment.function?.name ?? call.name;
          call.arguments += fragment.function?.arguments ?? "";
        }
      }
    }
    return { text, calls };
  };
  const { calls } = await ask();
  const tool_calls = calls.map(({ id, ...each }) => ({ id, type: "function", function: each }));
  messages.push({ role: "assistant", content: null, tool_calls });
  for (const { id } of calls) {
    const content = JSON.stringify({ temperature: 18, wind: 12 });
    messages.push({ role: "tool", tool_call_id: id, content });
  }
  return { calls, answer: (await ask()).text };
}

for (const profile of Object.keys(bases)) {
  for (const [sample, script, run] of [
    ["calculator", "auto", calculator],
    ["price", "auto", price],
    ["streamed", "berlin", streamed],
  ]) {
    const name = `samples/${sample}/${script}/${profile}`;
    await report(name, () => run(url(name, script, profile)));
  }
}
