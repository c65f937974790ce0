// What the client programs share. Each program runs all of its cases against the server named by its
// first argument and prints one line of JSON for each case; the Python tests judge what it says.

export const root = process.argv[2];
export const model = "openai/gpt-4o";
export const bases = { openai: "/v1", openrouter: "/api/v1", solrouter: "/ai" };
export const scripts = ["loop", "parallel"];
export const question = "How is the weather?";

const place = {
  type: "object",
  properties: {
    city: { type: "string", description: "Name of the city" },
    unit: { type: "string", enum: ["celsius", "fahrenheit"] },
  },
  required: ["city"],
};

export const functions = [
  { name: "get_weather", description: "Get the current weather in a city.", parameters: place },
  { name: "get_time", description: "Get the local time in a city.", parameters: place },
];
export const chatTools = functions.map((each) => ({ type: "function", function: each }));
export const responsesTools = functions.map((each) => ({ type: "function", strict: null, ...each }));
export const results = { get_weather: { degrees: 18 }, get_time: { time: "09:30" } };

export const chatResult = (call) => ({
  role: "tool",
  tool_call_id: call.id,
  content: JSON.stringify(results[call.name]),
});
export const responsesResult = (call) => ({
  type: "function_call_output",
  call_id: call.id,
  output: JSON.stringify(results[call.name]),
});

// Every case has a namespace of its own, so that its requests can be told from the others'.
export const url = (name, script, profile) =>
  `${root}/~${name.replaceAll("/", ".")}/s/${script}${bases[profile]}`;

export async function report(name, run) {
  let told;
  try {
    told = { told: await run() };
  } catch (error) {
    const { name: kind, message, status, statusCode, code } = error;
    told = { threw: error.constructor.name, kind, message, code, status: status ?? statusCode };
  }
  console.log(JSON.stringify({ case: name, ...told }));
}

// The tool loop: `ask` takes the history and gives {text, calls, end, tokens, kept}.
export async function talk(ask, result) {
  const history = [{ role: "user", content: question }];
  const turns = [];
  for (let round = 0; round < 5; round += 1) {
    const { kept, ...heard } = await ask(history);
    turns.push(heard);
    if (heard.calls.length === 0) return turns;
    history.push(...kept, ...heard.calls.map(result));
  }
  return turns;
}

export function fromCompletion({ choices: [choice], usage }) {
  const { message, finish_reason: end } = choice;
  const calls = (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function }));
  return {
    text: message.content ?? "",
    calls: calls.map(({ id, name, arguments: text }) => ({ id, name, arguments: text })),
    end,
    tokens: usage ? [usage.prompt_tokens, usage.completion_tokens] : null,
    kept: [message],
  };
}

// Puts a chat stream together by hand, fragment by fragment, as clients without a helper do.
export function accumulator() {
  const calls = [];
  let [text, end, tokens] = ["", null, null];
  return {
    add({ choices, usage }) {
      if (usage) tokens = [usage.prompt_tokens, usage.completion_tokens];
      for (const { delta, finish_reason: reason } of choices) {
        text += delta.content ?? "";
        end = reason ?? end;
        for (const fragment of delta.tool_calls ?? []) {
          const call = (calls[fragment.index] ??= { id: "", name: "", arguments: "" });
          call.id += fragment.id ?? "";
          call.name += fragment.function?.name ?? "";
          call.arguments += fragment.function?.arguments ?? "";
        }
      }
    },
    heard() {
      const message = { role: "assistant", content: text || null };
      if (calls.length > 0) {
        message.tool_calls = calls.map(({ id, ...call }) => ({ id, type: "function", function: call }));
      }
      return { text, calls, end, tokens, kept: [message] };
    },
  };
}

export function fromResponse({ output, status, usage }) {
  const parts = output.filter((item) => item.type === "message").flatMap((item) => item.content);
  const calls = output.filter((item) => item.type === "function_call");
  return {
    text: parts.map((part) => part.text).join(""),
    calls: calls.map((call) => ({ id: call.call_id, name: call.name, arguments: call.arguments })),
    end: status,
    tokens: [usage.input_tokens, usage.output_tokens],
    kept: output,
  };
}

export async function collect(stream) {
  const found = [];
  for await (const each of stream) found.push(each);
  return found;
}
