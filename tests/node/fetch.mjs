// Nothing but fetch: small loops such as people write by hand.

import {
  accumulator,
  bases,
  chatResult,
  chatTools,
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

const post = (base, path, body) =>
  fetch(`${base}${path}`, {
    method: "POST",
    headers: { authorization: "Bearer sk-test", "content-type": "application/json" },
    body: JSON.stringify({ model, ...body }),
  });

// Server-sent events by the book: lines are buffered across reads, comments skipped.
async function* events(response) {
  let buffered = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (buffered + text).split("\n");
    buffered = lines.pop();
    for (const line of lines.filter((each) => each.startsWith("data: "))) {
      if (line === "data: [DONE]") return;
      yield JSON.parse(line.slice("data: ".length));
    }
  }
}

const ways = {
  chat_plain: async (base, messages) => {
    const response = await post(base, "/chat/completions", { messages, tools: chatTools });
    return fromCompletion(await response.json());
  },
  chat_stream: async (base, messages) => {
    const body = { messages, tools: chatTools, stream: true, stream_options: { include_usage: true } };
    const heard = accumulator();
    for await (const chunk of events(await post(base, "/chat/completions", body))) heard.add(chunk);
    return heard.heard();
  },
  responses_plain: async (base, input) => {
    const response = await post(base, "/responses", { input, tools: responsesTools });
    return fromResponse(await response.json());
  },
  responses_stream: async (base, input) => {
    const body = { input, tools: responsesTools, stream: true };
    let last;
    for await (const event of events(await post(base, "/responses", body))) last = event;
    return fromResponse(last.response);
  },
};

for (const profile of Object.keys(bases)) {
  for (const [way, ask] of Object.entries(ways)) {
    const result = way.startsWith("chat") ? chatResult : responsesResult;
    for (const script of [...scripts, "auto"]) {
      const name = `fetch/${way}/${script}/${profile}`;
      const base = url(name, script, profile);
      await report(name, () => talk((history) => ask(base, history), result));
    }
  }

  const name = `fetch/status/status-429/${profile}`;
  await report(name, async () => {
    const body = { messages: [{ role: "user", content: question }] };
    const response = await post(url(name, "status-429", profile), "/chat/completions", body);
    return { status: response.status, message: (await response.json()).error.message };
  });
}

// A sample that takes each network read for whole lines works, because every event is one write.
const name = "fetch/unbuffered/loop/openrouter";
await report(name, async () => {
  const body = { input: question, tools: responsesTools, stream: true };
  const response = await post(url(name, "loop", "openrouter"), "/responses", body);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const told = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return told;
    for (const line of decoder.decode(value).split("\n")) {
      if (line === "data: [DONE]") told.push("done");
      if (!line.startsWith("data: {")) continue;
      const event = JSON.parse(line.slice(6));
      if (event.type === "response.output_item.added") told.push(event.item.name);
      if (event.type === "response.function_call_arguments.done") told.push(event.arguments);
    }
  }
});
