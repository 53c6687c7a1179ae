"""From a campaign's file to its cells, with everything that is wrong told at once."""

from campaigns.reading.plan import CampaignPlan, plan_campaign

__all__ = ["CampaignPlan", "plan_campaign"]
