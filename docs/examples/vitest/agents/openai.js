// A weather agent with the openai SDK and its own tool loop.

import OpenAI from "openai";
import { zodFunction } from "openai/helpers/zod";

import { description, getWeather, parameters } from "./weather.js";

const tool = zodFunction({ name: "get_weather", description, parameters, function: getWeather });

const asking = (question) => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: question }],
  tools: [tool],
});

export async function ask(question) {
  return new OpenAI().chat.completions.runTools(asking(question)).finalContent();
}

export async function tell(question, onText) {
  const run = new OpenAI().chat.completions.runTools({ ...asking(question), stream: true });
  run.on("content", onText);
  await run.done();
}
