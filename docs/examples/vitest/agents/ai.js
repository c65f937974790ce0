// A weather agent with the AI SDK.

import { createOpenAI } from "@ai-sdk/openai";
import { generateText, stepCountIs, streamText, tool } from "ai";

import { description, getWeather, parameters } from "./weather.js";

const asking = (prompt) => ({
  model: createOpenAI()("gpt-4o"),
  prompt,
  tools: { get_weather: tool({ description, inputSchema: parameters, execute: getWeather }) },
  stopWhen: stepCountIs(5),
});

export async function ask(question) {
  return (await generateText(asking(question))).text;
}

export async function tell(question, onText) {
  for await (const text of streamText(asking(question)).textStream) onText(text);
}
