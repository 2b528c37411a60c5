"""Who asks: people, clients and devices prove who they are; what is stopped is felt by every worker."""
