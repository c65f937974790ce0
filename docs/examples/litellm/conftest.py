"""When it is imported, litellm downloads a list of prices; these tests stay off the network."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
