// The openai SDK for Node.

import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

import {
  accumulator,
  bases,
  chatResult,
  chatTools,
  collect,
  fromCompletion,
  fromResponse,
  functions,
  model,
  question,
  report,
  responsesResult,
  responsesTools,
  results,
  scripts,
  talk,
  url,
} from "./common.mjs";

const client = (name, script, profile, maxRetries = 0) =>
  new OpenAI({ baseURL: url(name, script, profile), apiKey: "sk-test", maxRetries });
const usage = { stream_options: { include_usage: true } };
const hello = [{ role: "user", content: question }];

const ways = {
  chat_plain: async (openai, messages) =>
    fromCompletion(await openai.chat.completions.create({ model, messages, tools: chatTools })),
  chat_stream: async (openai, messages) => {
    const asked = { model, messages, tools: chatTools, stream: true, ...usage };
    const heard = accumulator();
    for await (const chunk of await openai.chat.completions.create(asked)) heard.add(chunk);
    return heard.heard();
  },
  chat_helper: async (openai, messages) => {
    const stream = openai.chat.completions.stream({ model, messages, tools: chatTools, ...usage });
    return fromCompletion(await stream.finalChatCompletion());
  },
  responses_plain: async (openai, input) =>
    fromResponse(await openai.responses.create({ model, input, tools: responsesTools })),
  responses_stream: async (openai, input) => {
    const asked = { model, input, tools: responsesTools, stream: true };
    const events = await collect(await openai.responses.create(asked));
    return fromResponse(events.at(-1).response);
  },
  responses_helper: async (openai, input) => {
    const stream = openai.responses.stream({ model, input, tools: responsesTools });
    return fromResponse(await stream.finalResponse());
  },
};

for (const profile of Object.keys(bases)) {
  for (const [way, ask] of Object.entries(ways)) {
    const result = way.startsWith("chat") ? chatResult : responsesResult;
    for (const script of [...scripts, "auto"]) {
      const name = `openai/${way}/${script}/${profile}`;
      const openai = client(name, script, profile);
      await report(name, () => talk((history) => ask(openai, history), result));
    }
  }

  // The SDK's own tool loop, which runs the tools itself.
  let name = `openai/run_tools/loop/${profile}`;
  await report(name, async () => {
    const ran = [];
    const tools = functions.map((each) => ({
      type: "function",
      function: {
        ...each,
        parse: JSON.parse,
        function: (given) => {
          ran.push([each.name, given]);
          return results[each.name];
        },
      },
    }));
    const runner = client(name, "loop", profile).chat.completions.runTools({
      model,
      messages: hello,
      tools,
    });
    return { text: await runner.finalContent(), ran };
  });

  name = `openai/parse/json/${profile}`;
  await report(name, async () => {
    const openai = client(name, "json", profile);
    const shape = z.object({ title: z.string(), labels: z.array(z.string()) });
    const chat = await openai.chat.completions.parse({
      model,
      messages: hello,
      response_format: zodResponseFormat(shape, "ticket"),
    });
    const response = await openai.responses.parse({
      model,
      input: question,
      text: { format: zodTextFormat(shape, "ticket") },
    });
    return [chat.choices[0].message.parsed, response.output_parsed];
  });

  name = `openai/amid/amid/${profile}`;
  await report(name, async () => {
    let text = "";
    const asked = { model, messages: hello, stream: true };
    try {
      for await (const chunk of await client(name, "amid", profile).chat.completions.create(asked)) {
        text += chunk.choices[0].delta.content ?? "";
      }
    } catch (error) {
      return { text, threw: error instanceof OpenAI.APIError, message: error.message };
    }
    return { text };
  });

  name = `openai/retries/retried/${profile}`;
  await report(name, async () => {
    const openai = client(name, "retried", profile, 2);
    const { data, response, request_id: id } = await openai.chat.completions
      .create({ model, messages: hello })
      .withResponse();
    const scenario = response.headers.get("x-mockrouter-scenario");
    return { text: data.choices[0].message.content, scenario, named: id !== null };
  });

  name = `openai/models/auto/${profile}`;
  await report(name, async () => (await collect(client(name, "auto", profile).models.list())).map((each) => each.id));

  for (const status of [400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 502, 503]) {
    name = `openai/status/status-${status}/${profile}`;
    const openai = client(name, `status-${status}`, profile);
    await report(name, () => openai.chat.completions.create({ model, messages: hello }));
  }
}
