// The tool that both agents offer.

import { z } from "zod";

export const description = "Get the current weather in a city.";
export const parameters = z.object({ city: z.string() });
export const getWeather = ({ city }) => ({ city, degrees: 18 });
