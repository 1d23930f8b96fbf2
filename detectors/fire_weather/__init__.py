"""Fire weather: how dry the fuel is and how a fire would spread, from the weather of stations."""
