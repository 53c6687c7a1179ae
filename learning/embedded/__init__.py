"""The embedded building in this process, one or many: KPIs and forecasts on rows of numbers."""
