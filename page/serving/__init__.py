"""The page's server: addresses, viewers, who may come and who may touch."""
