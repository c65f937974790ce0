// What the programs of the observed clients share: see tests/clients/observing/talking.py.

import { createInterface } from "node:readline";

const patience = 20_000;

export const rounds = 4;
export const question = "What will the weather be in Oslo?";
export const model = "openai/gpt-4o";
export const name = "get_forecast";
export const result = { degrees: 18 };
export const parameters = {
  type: "object",
  properties: {
    city: { type: "string" },
    days: { type: "integer" },
    units: { type: "array", items: { type: "string" } },
  },
  required: ["city", "days", "units"],
};
export const description = "Get the weather forecast for a city.";

const seconds = (limit) => new Promise((resolve) => setTimeout(resolve, limit, patience).unref());

const printed = (error) => `${error?.constructor?.name ?? "Error"}: ${error?.message ?? error}`;

// `play` takes the case and the list of runs, and gives the text in the end.
export async function main(play) {
  process.on("unhandledRejection", () => {});
  for await (const line of createInterface({ input: process.stdin })) {
    const runs = [];
    let told;
    try {
      const text = await Promise.race([play(JSON.parse(line), runs), seconds(patience)]);
      told = text === patience ? { end: "waiting" } : { end: "text", text };
    } catch (error) {
      told = { end: "error", error: printed(error) };
    }
    console.log(JSON.stringify({ text: null, error: null, ...told, runs }));
  }
  process.exit(0);
}
