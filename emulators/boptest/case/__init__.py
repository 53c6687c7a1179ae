"""One test: a plant that is advanced, what is overridden, stored, forecast and measured in KPIs. Knows no HTTP."""
